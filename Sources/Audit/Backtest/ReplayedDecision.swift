// A decision of the history in the form in which it is decided again: the commands that it can have
// been, and how it went.
//
// What must hold: of a refused command the history has the refusal alone. It is rebuilt only from
// its target and the refusal's facts, and it counts only where the rules of then refuse what was
// rebuilt for the same reason with the same facts.

import Domain
import EventSourcing
import Events

/// A decision that a back-test makes again.
struct ReplayedDecision {
  /// At least one; all lead to the same.
  var commands: [Command]
  var stake: Stake
  /// The events that it led to, in their comparable form; `nil` where it was refused.
  var events: [Event]?
  var refusal: CommandRejected?
}

extension CommandRejected {
  /// Whether a refusal of today is this one.
  func isSame(as explanation: Explanation) -> Bool {
    rule == explanation.rule && reason == explanation.reason && facts == explanation.facts
  }
}

extension [Event] {
  /// What these events of one decision ask for, approve or give, in minor units; `nil` where they
  /// name no amount.
  var stakedAmount: Int? {
    var amount: Int?
    for event in self {
      switch event {
      case .refund(.refundRequested(let event)): amount = event.requestedAmount
      case .refund(.refundApproved(let event)): amount = event.approvedAmount
      case .return(.returnRequested(let event)): amount = event.estimatedRefund.amount
      case .return(.returnCompleted(let event)):
        amount = event.resolution == .nothing ? 0 : event.finalRefund.amount
      case .order(.storeCreditGranted(let event)): amount = event.amount
      case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
        .command:
        break
      }
    }
    return amount
  }
}
