// Why a command about a return is refused.

public import EventSourcing
public import Events

/// V1 to V4, P1, C3, and the tables of a return's states.
public enum ReturnRejection: Rejection, RejectionWithinCase {
  case unknownReturn(ReturnID)
  case alreadyRequested(ReturnID)
  case notPossible(Command, status: Return.Status)
  // C3 and what belongs together
  case unknownCase(CaseID)
  case caseNotOpen(CaseID, status: CaseStatus)
  case unknownOrder(OrderID)
  case caseOfAnotherOrder(CaseID, order: OrderID?, given: OrderID)
  case anotherCustomersOrder(OrderID)
  case anotherCustomersReturn(ReturnID)
  // V1
  case unknownLine(LineID, order: OrderID)
  case lineNamedTwice(LineID)
  case moreUnitsThanReturnable(LineID, asked: Int, returnable: Int, ordered: Int)
  // V2
  case noActivePolicy
  case unknownReason(Int, String, known: [String])
  case notEligible(LineID, PolicyReference, PolicyDecision)
  case methodsDiffer([ReturnMethod])
  case anotherMethod(asked: ReturnMethod?, is: ReturnMethod)
  case mayNotKeep
  case notByPolicy(Actor, PolicyReference)
  case itemsAreKept(ReturnID)
  case itemsCameAlready(ReturnID, [LineID])
  case notExpiredYet(ReturnID, expiresAt: Timestamp, now: Timestamp)
  // Reception and acceptance
  case lineNotReturned(LineID, returned: [LineID])
  case receptionKnown(LineID, Return.LineReception)
  case notAllReceived(LineID, came: Int, announced: Int)
  case nothingMissing(LineID, came: Int, announced: Int)
  case nothingToInspect(LineID)
  case inspectedAlready(LineID, Return.LineAcceptance)
  case acceptedOutOfRange(LineID, accepted: Int, most: Int)
  case acceptedInPart(LineID, Acceptance)
  case dispositionDoesNotFit(LineID, Disposition, came: Int)
  // What the customer wrote
  case wordsTooLong(byteCount: Int)
  // V3, V4
  case amountTooLarge(CurrencyCode)
  case refundedInAdvance(RefundID)
  case nothingDue
  case mayNotGiveCredit(GivingRefusal)
  case giverIsRequester(Actor)
  case notByPolicyAfterDenial(RefundID, Actor)
  case dueAboveBalance(Money, refundable: Money)

  /// The commands that a return's state can forbid.
  public enum Command: String, CaseIterable, Sendable {
    case approve = "ApproveReturn"
    case reject = "RejectReturn"
    case cancel = "CancelReturn"
    case ship = "RecordReturnShipped"
    case expire = "ExpireReturn"
    case receive = "RecordReturnReception"
    case inspect = "InspectReturn"
    case complete = "CompleteReturn"

    /// The states that the command starts from (rule book, Return).
    public var statuses: [Return.Status] {
      switch self {
      case .approve, .reject: [.requested]
      case .cancel: [.requested, .approved]
      case .ship, .expire: [.approved]
      case .receive: [.approved, .inTransit]
      case .inspect: [.received]
      case .complete: [.inspected]
      }
    }
  }
}
