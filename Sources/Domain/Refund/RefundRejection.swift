// Why a command about a refund is refused.

public import EventSourcing
public import Events

/// R1 to R9, C3, and the table of a refund's states.
public enum RefundRejection: Rejection, RejectionWithinCase {
  case unknownRefund(RefundID)
  case alreadyRequested(RefundID)
  case notPossible(Command, status: Refund.Status)
  // R1
  case unknownCase(CaseID)
  case caseNotOpen(CaseID, status: CaseStatus)
  case unknownOrder(OrderID)
  case caseOfAnotherOrder(CaseID, order: OrderID?, given: OrderID)
  case anotherCustomersOrder(OrderID)
  case anotherCustomersRefund(RefundID)
  case legOfAnotherOrder(LegID, recorded: LegID)
  case nothingNamed
  case unknownLine(LineID, order: OrderID)
  case lineNamedTwice(LineID)
  case itemNamedTwice(RefundItemID)
  case moreUnitsThanLeft(LineID, asked: Int, left: Int, ordered: Int)
  // R2
  case nothingToPay(items: Money, shipping: Money, keptBack: Money, requested: Money)
  case amountTooLarge(maximum: Money)
  // R3
  case aboveRefundableBalance(requested: Money, refundable: Money)
  case aboveRequested(approved: Money, requested: Money)
  case nothingApproved(requested: Money)
  // V1, V3, V4
  case unknownReturn(ReturnID)
  case returnOfAnother(ReturnID, case: CaseID, order: OrderID)
  case returnNotRefundable(ReturnID, status: Return.Status)
  case returnNotInspected(ReturnID, status: Return.Status)
  case returnRefundedAlready(ReturnID, by: RefundID)
  case returnCreditedAlready(ReturnID)
  case feesComeFromReturn(ReturnID)
  case itemsOfReturnDiffer(ReturnID, due: [LineUnits])
  case refundOfReturn(ReturnID)
  case returnCameToLess(ReturnID, LineID, asked: Int, due: Int)
  case returnWorthNothing(ReturnID)
  // R4
  case notDelivered(OrderID)
  case outsideReturnWindow(deliveryDate: CalendarDate, lastDay: CalendarDate, today: CalendarDate)
  // R5
  case mayNotApprove(Actor, role: AgentRole?)
  case aboveApprovalLimit(approved: Money, ofOrder: Money, limit: Money, approver: Actor)
  case limitInAnotherCurrency(limit: Money, approved: Money)
  case approverIsRequester(Actor)
  case notByPolicyAfterNothing(ReturnID, Actor)
  case notByPolicyAfterDenial(RefundID, Actor)
  // B1
  case claimedByChargeback(ChargebackID, PaymentID, claimed: Money, uncovered: Money)
  // R7–R9
  case notTheCurrentAttempt(given: Int, current: Int)
  case attemptNotTold(Int)
  case nothingPaidInImports
  case onlyReconciliation(attempt: Int)
  case anotherOutcomeKnown(Refund.Outcome, attempt: Int)
  case settlementReferenceMissing
  case failureReasonMissing
  case outcomeContradictsItself(ReconciledOutcome)

  /// The commands that a refund's state can forbid.
  public enum Command: String, CaseIterable, Sendable {
    case amend = "AmendRefund"
    case approve = "ApproveRefund"
    case deny = "DenyRefund"
    case cancel = "CancelRefund"
    case execute = "ExecuteRefund"
    case recordExecuted = "RecordRefundExecuted"
    case recordFailed = "RecordRefundFailed"
    case recordOutcomeUnknown = "RecordRefundOutcomeUnknown"
    case reconcile = "ReconcileRefund"

    /// The states that the command starts from (rule book, Refund).
    public var statuses: [Refund.Status] {
      switch self {
      case .amend: [.pending, .approved]
      case .approve, .deny: [.pending]
      case .cancel: [.pending, .approved, .failed]
      case .execute: [.approved, .failed]
      case .recordExecuted, .recordFailed, .recordOutcomeUnknown: [.processing]
      case .reconcile: [.outcomeUnknown, .failed]
      }
    }
  }
}
