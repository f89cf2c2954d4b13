// What a bank claimed of a payment, what of it the balance covered, and how it ended (B1).

import Domain
import EventSourcing
import Events

extension Explainer {
  func explain(_ id: ChargebackID, in caseID: CaseID) throws -> ExplanationReport {
    let ofCase = try events(of: .supportCase(caseID), "case \(caseID)")
    let own = ofCase.filter { $0.event.chargebackID == id }
    guard let first = own.first, case .supportCase(.chargebackOpened(let opened)) = first.event,
      case .supportCase(let state) = try ReplayedAggregate(
        of: .supportCase(caseID), folding: ofCase)
    else { throw ExplanationError.notFound("chargeback \(id) in case \(caseID)") }
    let order = try ExplainedOrder(
      events(of: .order(opened.orderID), "order \(opened.orderID)"))
    let steps = order.steps.filter { $0.recorded.event.chargebackID == id }
    let all = (own + steps.map(\.recorded)).sorted { $0.position < $1.position }
    return ExplanationReport(
      "chargeback", id.rawValue, of: first.tenant, in: opened.currency,
      title: "Chargeback \(id) of payment \(opened.paymentID) of order \(opened.orderID), in case "
        + caseID.rawValue,
      facts: [
        "status": .word(state.chargebacks[id]?.status), "caseId": .text(caseID),
        "orderId": .text(opened.orderID), "paymentId": .text(opened.paymentID),
        "reason": .text(opened.reason), "networkReference": .text(opened.networkReference),
        "openedBy": .text(opened.openedBy.rawValue), "amount": .amount(opened.amount),
        "captured": .amount(opened.captured), "refundableBefore": .amount(opened.balanceBefore),
        "covered": .amount(opened.covered),
      ],
      sections: [
        balance(of: opened.paymentID, steps), .course(all, in: opened.currency),
      ])
  }

  /// The balance of the payment before and after each event about the chargeback.
  private func balance(
    of payment: PaymentID, _ steps: [ExplainedOrder.Step]
  ) -> ExplanationReport.Section {
    let rows = steps.flatMap { step in
      [("before", step.before), ("after", step.after)].map {
        (when, order) -> [ExplanationReport.Value] in
        let balance = order.payments.first { $0.paymentID == payment }?.balance
        return [
          .number(Int(step.recorded.position.value)), .text(step.recorded.event.type), .text(when),
        ] + (balance ?? RefundableBalance()).values
      }
    }
    return ExplanationReport.Section(
      "balance", "The balance of payment \(payment)",
      ["position", "event", "when"] + ExplainedOrder.balances, rows)
  }
}

extension Event {
  /// The chargeback that the event is about.
  fileprivate var chargebackID: ChargebackID? {
    switch self {
    case .supportCase(.chargebackOpened(let event)): event.chargebackID
    case .supportCase(.chargebackRepresented(let event)): event.chargebackID
    case .supportCase(.chargebackEnded(let event)): event.chargebackID
    case .order(.orderBalanceDisputed(let event)): event.chargebackID
    case .order(.orderDisputeCovered(let event)): event.chargebackID
    case .order(.orderDisputeReleased(let event)): event.chargebackID
    case .order(.orderDisputeSettled(let event)): event.chargebackID
    default: nil
    }
  }
}
