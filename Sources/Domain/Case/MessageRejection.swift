// Why a message, or a piece of evidence, is refused.

public import EventSourcing
public import Events

/// M1, M2 and the record of evidence.
public enum MessageRejection: Rejection {
  case unknownCase(CaseID)
  case anotherCustomersCase(CaseID)
  case caseOfAnotherCustomer(CaseID, given: CustomerID)
  case caseClosed(CaseID)
  case alreadyPosted(MessageID)
  case tooLong(byteCount: Int)
  case nothingSaid
  case author(Author)
  case evidence(EvidenceRecord)

  public var explanation: Explanation {
    switch self {
    case .unknownCase(let id):
      Explanation(
        "Messages", SharedRefusal.unknownCase, "There is no case \(id). OpenCase opens one.",
        ["case": id])
    case .anotherCustomersCase(let id):
      Explanation(
        "C2", SharedRefusal.anotherCustomersCase,
        "Customers write in their own cases only, and \(id) is another customer's.", ["case": id])
    case .caseOfAnotherCustomer(let id, let given):
      Explanation(
        "C2", SharedRefusal.caseOfAnotherCustomer,
        "The case \(id) is not \(given)'s. customerId names the customer of the case, under whose "
          + "key the words are kept.", ["case": id, "given": given])
    case .caseClosed(let id):
      Explanation(
        "C1", SharedRefusal.caseClosed,
        "The case \(id) is closed, which is final. OpenCase opens another.",
        ["case": id])
    case .alreadyPosted(let id):
      Explanation(
        "Messages", CaseRefusal.alreadyPosted,
        "The message \(id) is written already, and messages do not change. Another needs another "
          + "id.", ["message": id])
    case .tooLong(let byteCount):
      Explanation(
        "Messages", CaseRefusal.tooLong,
        "The message has \(byteCount) bytes; at most \(SupportCase.messageByteCountMax) (16 KiB) "
          + "are allowed. Attach longer texts as evidence.",
        ["bytes": byteCount, "most": SupportCase.messageByteCountMax])
    case .nothingSaid:
      Explanation(
        "Messages", CaseRefusal.nothingSaid, "body has nothing but blanks; say something.")
    case .author(let it): it.explanation
    case .evidence(let it): it.explanation
    }
  }
}

extension MessageRejection {
  /// Who writes, and as whom.
  public enum Author: Equatable, Sendable {
    case notInThisRole(AuthorRole, Actor)
    case authorMissing(AuthorRole)
    case anotherAuthor(AuthorID, Actor)

    var explanation: Explanation {
      switch self {
      case .notInThisRole(let role, let actor):
        Explanation(
          "Messages", SharedRefusal.notInThisRole,
          "\(actor) does not write as \(role.rawValue). Who does: \(role.writers).",
          ["authorRole": role.rawValue, "actor": actor])
      case .authorMissing(let role):
        Explanation(
          "Messages", CaseRefusal.authorMissing,
          "A message of a \(role.rawValue) names its author, since the service that brings it is "
            + "another actor. Give author.", ["authorRole": role.rawValue])
      case .anotherAuthor(let author, let actor):
        Explanation(
          "Messages", CaseRefusal.anotherAuthor,
          "\(actor) writes in its own name, not as \(author). Leave author out.",
          ["author": author, "actor": actor])
      }
    }
  }

  /// The record of evidence.
  public enum EvidenceRecord: Equatable, Sendable {
    case unknownMessage(MessageID, CaseID)
    case unknownReturn(ReturnID, CaseID)
    case attachedTwice(EvidenceKey)
    case otherEvidence(EvidenceKey, recorded: Evidence)
    case lineWithoutReturn(LineID)

    var explanation: Explanation {
      switch self {
      case .unknownMessage(let message, let id):
        Explanation(
          "Evidence", CaseRefusal.unknownMessage,
          "The case \(id) has no message \(message) that evidence could belong to.",
          ["message": message, "case": id])
      case .unknownReturn(let returnID, let id):
        Explanation(
          "Messages", SharedRefusal.unknownReturn,
          "The case \(id) has no return \(returnID) that evidence could belong to.",
          ["return": returnID, "case": id])
      case .attachedTwice(let key):
        Explanation(
          "Evidence", CaseRefusal.attachedTwice,
          "The message shows the evidence \(key) twice. Show it once.",
          ["evidence": key])
      case .otherEvidence(let key, let recorded):
        Explanation(
          "Evidence", CaseRefusal.otherEvidence,
          "The key \(key) is on record for \(recorded.byteCount) bytes of \(recorded.mediaType) "
            + "with the SHA-256 \(recorded.sha256), which never changes. Other evidence needs "
            + "another key.",
          ["evidence": key, "sha256": recorded.sha256])
      case .lineWithoutReturn(let line):
        Explanation(
          "Evidence", CaseRefusal.lineWithoutReturn,
          "The line \(line) belongs to a return that is not named. Give returnId too.",
          ["line": line])
      }
    }
  }
}

extension AuthorRole {
  /// Who writes in this role, in words.
  fileprivate var writers: String {
    switch self {
    case .buyer: "the customer of the case (actor customer/…)"
    case .agent: "the tenant's agents and admins (actor agent/…)"
    case .seller, .studioOwner, .creator: "a marketplace's service for them (actor service/…)"
    case .system: "services and Redress itself (actor service/… or system/…)"
    }
  }
}
