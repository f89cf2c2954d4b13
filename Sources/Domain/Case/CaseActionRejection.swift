// Why an action on a case's record is refused.

public import Events

/// Content hidden and restored, deposits, watchers.
public enum CaseActionRejection: Rejection {
  case unknownCase(CaseID)
  case caseClosed(CaseID)
  case caseResolved(CaseID, status: CaseStatus)
  case notAboutRights(CaseID, type: CaseType)
  case contentNotHidden(ContentID, CaseID)
  case noOrder(CaseID)
  case nothingCaptured(DepositID)
  case otherDeposit(DepositID, recorded: Money, reference: String)
  case cannotWatch(AgentID)

  public var explanation: Explanation {
    switch self {
    case .unknownCase(let id):
      Explanation(
        "Actions on record", SharedRefusal.unknownCase,
        "There is no case \(id). OpenCase opens one.",
        ["case": id])
    case .caseClosed(let id):
      Explanation(
        "C1", SharedRefusal.caseClosed,
        "The case \(id) is closed, which is final. OpenCase opens another.",
        ["case": id])
    case .caseResolved(let id, let status):
      Explanation(
        "C3", SharedRefusal.caseNotOpen,
        "The case \(id) is \(status.rawValue); content is hidden in a case that is open or in "
          + "progress. ReopenCase takes it up again.", ["case": id, "status": status.rawValue])
    case .notAboutRights(let id, let type):
      Explanation(
        "Actions on record", CaseRefusal.notAboutRights,
        "The case \(id) is of the type \(type.rawValue); content is hidden and restored in a case "
          + "of the type dmca. OpenCase opens one.", ["case": id, "type": type.rawValue])
    case .contentNotHidden(let content, let id):
      Explanation(
        "Actions on record", CaseRefusal.contentNotHidden,
        "The content \(content) is not hidden because of the case \(id), so there is nothing to "
          + "restore.", ["content": content, "case": id])
    case .noOrder(let id):
      Explanation(
        "Actions on record", CaseRefusal.caseWithoutOrder,
        "The case \(id) is about no order, so it has no deposit. A case about its order takes it.",
        ["case": id])
    case .nothingCaptured(let id):
      Explanation(
        "Actions on record", CaseRefusal.nothingCaptured,
        "The deposit \(id) is of nothing. Give the amount that was captured, in minor units.",
        ["deposit": id])
    case .otherDeposit(let id, let recorded, let reference):
      Explanation(
        "Actions on record", CaseRefusal.otherDeposit,
        "The deposit \(id) is on record as \(recorded) with the reference \(reference). Another "
          + "needs another id.", ["deposit": id, "recorded": recorded])
    case .cannotWatch(let agent):
      Explanation(
        "Watchers", CaseRefusal.cannotWatch,
        "No agent \(agent) works for the tenant, so they cannot watch a case. AddAgent adds one.",
        ["agent": agent])
    }
  }
}
