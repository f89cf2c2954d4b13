// R8 and R10: a refund keeps what it holds of its order until it is paid, denied, cancelled or
// given up, also when an attempt to pay it has failed or the money came back, so that the money is
// not given by another way meanwhile. An amendment gives back what it reserves anew in the same
// commit.

import Domain
import EventSourcing
import Events

struct Reservations: Control {
  static let id = "reservations"
  static let statement = """
    Every refund kept its reservation until it was paid, denied, cancelled or given up, also after \
    a failed attempt and for money that came back.
    """
  static let rules = ["R8", "R10"]

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    let position = recorded.position
    switch recorded.event {
    case .refund(.refundLegFailed(let event)):
      examination.begin()
      Self.requireHeld(event.refundID, position, commit, &examination)
    case .refund(.refundLegReturned(let event)):
      examination.begin()
      Self.requireHeld(event.refundID, position, commit, &examination)
    case .refund(.refundRestGivenUp(let event)):
      examination.begin()
      Self.requireHeld(event.refundID, position, commit, &examination)
    case .refund(.refundFailed(let event)):
      examination.begin()
      Self.requireHeld(event.refundID, position, commit, &examination)
    case .order(.orderReservationReleased(let event)):
      examination.begin()
      let isHeldAgain = commit.after.account(event.orderID).held[event.refundID] != nil
      let status = commit.after.refund(event.refundID).status
      examination.require(
        isHeldAgain || status == .denied || status == .cancelled,
        """
        refund \(event.refundID), which is \(status?.rawValue ?? "not requested"), gave back \
        \(event.amount) minor units of its order
        """, at: position)
    case .order(.orderReservationReduced(let event)):
      examination.begin()
      examination.require(
        commit.contains { $0.isReason(of: event) },
        """
        refund \(event.refundID) gave back \(event.amount) minor units of its order without an \
        approval of less, and without giving up its rest
        """, at: position)
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      break
    }
  }

  /// That the order holds all that was approved, but for what was paid or given up.
  private static func requireHeld(
    _ id: RefundID, _ position: Position, _ commit: AuditedCommit, _ examination: inout Examination
  ) {
    let refund = commit.after.refund(id)
    let rest = refund.legs.reduce(refund.approvedAmount ?? 0) {
      $1.state == .settled || $1.state == .givenUp ? $0 - $1.amount : $0
    }
    let held = refund.orderID.map { commit.after.account($0).held(by: id) } ?? 0
    examination.require(
      held == rest,
      """
      refund \(id) holds \(held) minor units of its order, and \(rest) of it were neither paid nor \
      given up
      """, at: position)
  }
}

extension Event {
  /// Whether a refund gives back a part of what it holds because of this event.
  fileprivate func isReason(of reduced: OrderReservationReduced) -> Bool {
    switch self {
    case .refund(.refundApproved(let event)): event.refundID == reduced.refundID
    case .refund(.refundRestGivenUp(let event)):
      event.refundID == reduced.refundID && event.amount == reduced.amount
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      false
    }
  }
}
