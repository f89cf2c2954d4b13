// Why the rules refuse payout holds.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse payout holds.
public enum PayoutHoldRefusal: String, RefusalReason {
  case unknownHold, holdAlreadyApplied, expiresInThePast, moreThanPayable, holdExpired

  public var guide: RefusalGuide {
    switch self {
    case .unknownHold:
      RefusalGuide(
        "H1", "The tenant has no payout hold of this id.",
        "Correct holdId, or apply it: ApplyPayoutHold.")
    case .holdAlreadyApplied:
      RefusalGuide("H1", "The hold was applied already.", "Apply another under another id.")
    case .expiresInThePast:
      RefusalGuide("H2", "The hold would end before it begins.", "Give a later expiresAt.")
    case .moreThanPayable:
      RefusalGuide(
        "H1", "More would be kept back than is payable to the seller and not held already.",
        "Keep less back, or release another hold.")
    case .holdExpired:
      RefusalGuide("PayoutHold", "The hold has expired.", "There is nothing to release.")
    }
  }
}
