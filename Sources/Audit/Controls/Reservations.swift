// R8: a refund keeps what it holds of its order until it is paid, denied or cancelled, also when an
// attempt to pay it has failed, so that the money is not given by another way meanwhile. An
// amendment gives back what it reserves anew in the same commit.

import Domain
import EventSourcing
import Events

struct Reservations: Control {
  static let id = "reservations"
  static let statement = """
    Every refund kept its reservation until it was paid, denied or cancelled, also after a failed \
    attempt.
    """
  static let rules = ["R8"]

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    let position = recorded.position
    if case .refund(.refundFailed(let event)) = recorded.event {
      examination.begin()
      let refund = commit.after.refund(event.refundID)
      let held = refund.orderID.map { commit.after.account($0).held(by: event.refundID) } ?? 0
      examination.require(
        held == refund.approvedAmount,
        "refund \(event.refundID) failed, and holds \(held) minor units of its order",
        at: position)
    }
    if case .order(.orderReservationReleased(let event)) = recorded.event {
      examination.begin()
      let isHeldAgain = commit.after.account(event.orderID).held[event.refundID] != nil
      let status = commit.after.refund(event.refundID).status
      examination.require(
        isHeldAgain || status == .denied || status == .cancelled,
        """
        refund \(event.refundID), which is \(status?.rawValue ?? "not requested"), gave back \
        \(event.amount) minor units of its order
        """, at: position)
    }
    if case .order(.orderReservationReduced(let reduced)) = recorded.event {
      examination.begin()
      examination.require(
        commit.contains { event in
          guard case .refund(.refundApproved(let event)) = event else { return false }
          return event.refundID == reduced.refundID
        },
        """
        refund \(reduced.refundID) gave back \(reduced.amount) minor units of its order without \
        an approval of less
        """, at: position)
    }
  }
}
