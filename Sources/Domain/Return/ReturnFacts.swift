// P1: the facts that a policy's conditions look at, for each line of a return. A fact that is not
// known is left out, and a condition on it does not hold.

import EventSourcing
import Events

struct ReturnFacts {
  var order: Order
  var header: Order.Header
  var customer: Customer
  var facts: Facts

  /// The lines as they are recorded, with what the policy said of each (V2), and without the
  /// customer's words, which are personal and stand beside them.
  func lines(
    of requested: [RequestedReturnLine], under policy: Policy
  ) throws(ReturnRejection) -> [ReturnLine] {
    let amount = try amount(of: requested)
    var lines: [ReturnLine] = []
    for (index, item) in requested.enumerated() {
      guard let line = order.lines[item.lineID] else { preconditionFailure("an unknown line") }
      guard let reasons = facts.tenant.returnSettings.path(of: item.reason.code) else {
        throw .eligibility(
          .unknownReason(
            index, item.reason.code, known: facts.tenant.returnSettings.reasons.map(\.code)))
      }
      let decision = policy.decision(
        for: PolicyFacts(
          daysSincePurchase: daysSince(header.placedAt),
          daysSinceDelivery: order.deliveredAt.map(daysSince), productType: line.productType,
          sku: line.sku, reasonCodes: reasons, condition: item.condition, amount: amount,
          customerTags: customer.tags))
      try decision.requireEligible(item.lineID, policy.reference)
      lines.append(
        ReturnLine(
          lineID: line.lineID, title: line.title, variantTitle: line.variantTitle, sku: line.sku,
          productType: line.productType, quantity: item.quantity, unitPrice: line.unitPrice,
          reason: GivenReason(code: item.reason.code), condition: item.condition,
          photos: item.photos ?? [], decision: decision))
    }
    return lines
  }

  private func daysSince(_ time: Timestamp) -> Int {
    max(0, facts.today.daysSince1970 - facts.dateOf(time).daysSince1970)
  }

  /// What all items come to before fees; not known in a currency that is not the tenant's, for
  /// minor units of two currencies do not compare.
  private func amount(of requested: [RequestedReturnLine]) throws(ReturnRejection) -> Int? {
    let units = requested.map {
      ReturnedUnits(
        lineID: $0.lineID, quantity: $0.quantity, action: PolicyAction(eligible: true))
    }
    guard let amount = order.returnAmount(units) else {
      throw .amounts(.amountTooLarge(header.currency))
    }
    return header.currency == facts.tenant.settings.currency ? amount.itemsAmount : nil
  }
}
