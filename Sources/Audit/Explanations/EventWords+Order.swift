// What the events of an order say, in words.

import Domain
import Events

extension EventWords {
  func words(of event: OrderEvent) -> String {
    switch event {
    case .orderRecorded(let event):
      "\(money(event.total)) in \(event.lines.count) lines, from \(event.source.rawValue)"
    case .orderAmended(let event):
      "\(money(event.total)) in \(event.lines.count) lines, as of \(event.updatedAt)"
    case .paymentCaptured(let event):
      joined("captured \(money(event.amount)) by payment \(event.paymentID)", event.provider)
    case .orderDelivered(let event): "on \(event.deliveryDate) in \(event.timeZone)"
    case .orderCancelled(let event): joined("at \(event.cancelledAt)", event.reason)
    case .orderBalanceReserved(let event):
      "refund \(event.refundID) reserves \(money(event.amount)) of \(parts(event.payments))"
    case .orderReservationReduced(let event):
      "refund \(event.refundID) gives back \(money(event.amount)) to \(parts(event.payments))"
    case .orderReservationReleased(let event):
      "refund \(event.refundID) releases \(money(event.amount))"
    case .orderReservationSettled(let event):
      "refund \(event.refundID) has paid \(money(event.amount))"
        + (event.paymentID.map { " by payment \($0)" } ?? "")
    case .orderReservationRestored(let event):
      """
      \(money(event.amount)) that refund \(event.refundID) had paid by payment \
      \(event.paymentID) came back, and is reserved again
      """
    case .orderBalanceDisputed(let event):
      """
      chargeback \(event.chargebackID) claims \(money(event.amount)) of payment \
      \(event.paymentID), of which \(money(event.covered)) was refundable
      """
    case .orderDisputeCovered(let event):
      "chargeback \(event.chargebackID) takes \(money(event.amount)) that was released"
    case .orderDisputeReleased(let event):
      "chargeback \(event.chargebackID) claims nothing more: \(money(event.amount)) is refundable"
    case .orderDisputeSettled(let event):
      """
      the bank keeps \(money(event.amount)) by chargeback \(event.chargebackID), and \
      \(money(event.uncovered)) is not covered
      """
    case .orderPayoutHeld(let event):
      "hold \(event.holdID) keeps back \(money(event.amount)) of the payout"
    case .orderPayoutFreed(let event): "hold \(event.holdID) frees \(money(event.amount))"
    case .orderUnitsHeld(let event): "return \(event.returnID) holds \(units(event.lines))"
    case .orderUnitsFreed(let event):
      "return \(event.returnID) frees \(units(event.lines))"
        + (event.returnable ? "" : ", for refunds only")
    case .storeCreditGranted(let event):
      joined(
        "store credit of \(Money(event.amount, event.currency)), case \(event.caseID)",
        event.returnID.map { "for return \($0)" }, event.reason)
    }
  }

  func parts(_ parts: [PaymentPart]) -> String {
    guard parts.count > 1 else { return parts.map { "payment \($0.paymentID)" }.joined() }
    return parts.map { "payment \($0.paymentID) (\(money($0.amount)))" }.joined(separator: ", ")
  }

  private func units(_ lines: [LineUnits]) -> String {
    lines.map { "\($0.quantity) of line \($0.lineID)" }.joined(separator: ", ")
  }
}
