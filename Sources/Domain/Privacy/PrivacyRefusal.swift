// Why the rules refuse erasures and legal holds.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse erasures and legal holds.
public enum PrivacyRefusal: String, RefusalReason {
  case unknownSubject, worksHere, recordedInClear, legalHold

  public var guide: RefusalGuide {
    switch self {
    case .unknownSubject:
      RefusalGuide(
        "Erasure", "Nothing personal was ever recorded under this id.",
        "Correct subjectId.")
    case .worksHere:
      RefusalGuide(
        "Erasure", "The person works for the tenant.",
        "Remove the agent first: RemoveAgent.")
    case .recordedInClear:
      RefusalGuide(
        "Erasure",
        "The person's details were recorded before personal data was encrypted, and "
          + "the log cannot be rewritten.",
        "They cannot be erased; a new history without them is the only way.")
    case .legalHold:
      RefusalGuide(
        "Legal hold", "A case of the person has a legal hold, which keeps its evidence.",
        "Release the hold first, when the law allows it: ReleaseLegalHold.")
    }
  }
}
