// Why a command about a refund is refused. Each group of rules has its cases, with their words
// beside them, in a file of its own: RefundRejection+….swift.

public import Events

/// R1 to R10, C3, and the table of a refund's states.
public enum RefundRejection: Rejection, RejectionWithinCase {
  case unknownRefund(RefundID)
  case alreadyRequested(RefundID)
  case notPossible(Command, status: Refund.Status)
  case noOpenCase(NoOpenCase)
  case belonging(Belonging)
  case units(Units)
  case amounts(Amounts)
  case returns(Returns)
  case approval(Approval)
  case execution(Execution)

  public var explanation: Explanation {
    switch self {
    case .unknownRefund(let id):
      Explanation(
        "R1", RefundRefusal.unknownRefund, "There is no refund \(id). RequestRefund requests one.",
        ["refund": id])
    case .alreadyRequested(let id):
      Explanation(
        "R1", RefundRefusal.refundAlreadyRequested,
        "The refund \(id) is requested already. AmendRefund changes it; another needs another id.",
        ["refund": id])
    case .notPossible(let command, let status):
      Explanation(
        "Refund states", "refund", command, startsFrom: command.statuses, not: status)
    case .noOpenCase(let it):
      it.explanation(
        rule: "R1", unknownCaseRule: "R1", advice: "A refund is requested within a case.",
        need: ". A new refund needs a case that is open or in progress.",
        belonging: " A refund belongs to the order of its case.")
    case .belonging(let it): it.explanation
    case .units(let it): it.explanation
    case .amounts(let it): it.explanation
    case .returns(let it): it.explanation
    case .approval(let it): it.explanation
    case .execution(let it): it.explanation
    }
  }
}

extension RefundRejection {
  /// The commands that a refund's state can forbid.
  public enum Command: String, CaseIterable, Sendable {
    case amend = "AmendRefund"
    case approve = "ApproveRefund"
    case deny = "DenyRefund"
    case cancel = "CancelRefund"
    case execute = "ExecuteRefund"
    case recordAccepted = "RecordRefundAccepted"
    case recordExecuted = "RecordRefundExecuted"
    case recordFailed = "RecordRefundFailed"
    case recordOutcomeUnknown = "RecordRefundOutcomeUnknown"
    case reconcile = "ReconcileRefund"
    case recordReturned = "RecordRefundReturned"

    /// The states that the command starts from (rule book, Refund).
    public var statuses: [Refund.Status] {
      switch self {
      case .amend: [.pending, .approved]
      case .approve, .deny: [.pending]
      case .cancel: [.pending, .approved, .failed, .partlyExecuted]
      case .execute: [.approved, .failed, .partlyExecuted]
      // Of these, it is the leg's state that decides.
      case .recordExecuted, .recordFailed, .recordOutcomeUnknown: [.processing, .outcomeUnknown]
      case .recordAccepted: [.processing, .outcomeUnknown]
      case .reconcile: [.outcomeUnknown, .partlyExecuted, .failed]
      case .recordReturned: [.executed, .partlyExecuted, .processing, .outcomeUnknown]
      }
    }
  }
}
