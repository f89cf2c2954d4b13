// One tenant, one order, one case and one refund that most tests begin with.

import Domain
import EventSourcing
import Events

let agent: Actor = "agent/usr_17"
let admin: Actor = "agent/usr_18"
let customer: Actor = "customer/cus_5"
let provider: Actor = "system/refund-execution"

/// 2026-01-16 is the eleventh day after the delivery.
let noon: Timestamp = "2026-01-16T12:00:00Z"
let placedAt: Timestamp = "2026-01-02T09:30:00Z"
let deliveredAt: Timestamp = "2026-01-05T09:30:00Z"

let settings = TenantSettings(
  currency: "GBP", timeZone: "Europe/London", returnWindowDays: 14, autoApproveLimit: 500,
  agentApprovalLimit: 1_000, fourEyes: false, emailNotifications: false, reopenWindowDays: 30)

func acme(_ change: (inout TenantSettings) -> Void = { _ in }) -> [Event] {
  var settings = settings
  change(&settings)
  return [
    .tenantRegistered(TenantRegistered(name: "Acme Ltd", settings: settings)),
    .agentAdded(AgentAdded(agentID: "usr_17", role: .agent)),
    .agentAdded(AgentAdded(agentID: "usr_18", role: .admin)),
    .agentAdded(AgentAdded(agentID: "usr_19", role: .auditor)),
    .agentAdded(AgentAdded(agentID: "usr_20", role: .ops)),
  ]
}

let holders = OrderLine(
  lineID: "1", productID: "prd_1", title: "White hanging heart T-light holder", quantity: 6,
  unitPrice: 255, discount: 30, tax: 300)
let lantern = OrderLine(
  lineID: "2", title: "White metal lantern", quantity: 1, unitPrice: 339, discount: 0, tax: 68)

/// GBP 26.06: 15.30 − 0.30 + 3.00 for the holders, 3.39 + 0.68 for the lantern, 3.99 shipping.
let orderRecorded = OrderRecorded(
  orderID: "536365", customerID: "cus_5", source: .api, currency: "GBP", placedAt: placedAt,
  updatedAt: placedAt, total: 2606, shipping: 399, lines: [holders, lantern],
  marketplace: Marketplace(legID: "leg_1", platformFee: 260, platformFeeTax: 52))

let paid = PaymentCaptured(
  orderID: "536365", paymentID: "pay_1", amount: 2606, capturedAt: placedAt)

let order: [Event] = [.orderRecorded(orderRecorded), .paymentCaptured(paid)]

func delivered(_ at: Timestamp = deliveredAt) -> [Event] {
  [
    .orderDelivered(
      OrderDelivered(
        orderID: "536365", deliveredAt: at, deliveryDate: london(at), timeZone: "Europe/London"))
  ]
}

let caseOpened: [Event] = [
  .caseOpened(
    CaseOpened(
      caseID: "sca_9", customerID: "cus_5", orderID: "536365", title: "Two arrived broken",
      type: .product, severity: .normal, legID: "leg_1"))
]

let twoHolders = RefundItem(
  refundItemID: "sri_1", lineID: "1", productID: "prd_1",
  productName: "White hanging heart T-light holder", quantity: 2, originalUnitPrice: 255,
  discount: Share(of: 30, part: 2, whole: 6, share: 10),
  tax: Share(of: 300, part: 2, whole: 6, share: 100), totalRefundAmount: 600)

let refundRequested = RefundRequested(
  refundID: "srf_1", caseID: "sca_9", orderID: "536365", legID: "leg_1", customerID: "cus_5",
  currency: "GBP", deliveryDate: "2026-01-05", timeZone: "Europe/London", items: [twoHolders],
  restockingFees: [],
  requestedAmount: 600, basis: 600, platformFee: Share(of: 260, part: 600, whole: 2606, share: 60),
  platformFeeTax: Share(of: 52, part: 600, whole: 2606, share: 12),
  reason: "damaged_in_transit", balanceBefore: 2606, orderTotal: 2606, requestedBy: customer)

let balanceReserved = OrderBalanceReserved(
  orderID: "536365", refundID: "srf_1", amount: 600,
  lines: [ReservedLine(lineID: "1", quantity: 2, discount: 10, tax: 100)], shipping: 0, basis: 600,
  platformFee: 60, platformFeeTax: 12, payments: [PaymentPart(paymentID: "pay_1", amount: 600)])

let request: [Event] = [
  .refundRequested(refundRequested), .orderBalanceReserved(balanceReserved),
  .caseRefundRequested(CaseRefundRequested(caseID: "sca_9", refundID: "srf_1")),
]

let approvalFacts = ApprovalFacts(
  today: "2026-01-16", deliveryDate: "2026-01-05", returnWindowDays: 14, lastDay: "2026-01-19",
  timeZone: "Europe/London")

let approval: [Event] = [
  .refundApproved(
    RefundApproved(
      refundID: "srf_1", approvedAmount: 600, currency: "GBP", approvedBy: admin,
      facts: approvalFacts))
]

func leg(
  _ paymentID: PaymentID = "pay_1", _ amount: Int = 600, of refundID: RefundID = "srf_1",
  attempt: Int = 1
) -> RefundLeg {
  RefundLeg(
    paymentID: paymentID, amount: amount, idempotencyKey: "\(refundID).\(paymentID).\(attempt)")
}

func started(_ attempt: Int, _ legs: [RefundLeg]? = nil) -> [Event] {
  let legs = legs ?? [leg(attempt: attempt)]
  return [
    .refundExecutionStarted(
      RefundExecutionStarted(
        refundID: "srf_1", attempt: attempt, amount: legs.reduce(0) { $0 + $1.amount },
        currency: "GBP", orderID: "536365", legs: legs))
  ]
}

func settled(
  _ paymentID: PaymentID = "pay_1", _ amount: Int = 600, attempt: Int = 1,
  _ status: RefundProgress = .executed
) -> [Event] {
  [
    .refundLegSettled(
      RefundLegSettled(
        refundID: "srf_1", paymentID: paymentID, attempt: attempt, amount: amount, currency: "GBP",
        settlementReference: "sim_3f2a", status: status)),
    .orderReservationSettled(
      OrderReservationSettled(
        orderID: "536365", refundID: "srf_1", paymentID: paymentID, amount: amount)),
  ]
}

let execution = settled()

func failure(
  _ attempt: Int = 1, of paymentID: PaymentID = "pay_1", _ status: RefundProgress = .failed
) -> [Event] {
  [
    .refundLegFailed(
      RefundLegFailed(
        refundID: "srf_1", paymentID: paymentID, attempt: attempt, code: .declined,
        reason: "The card was closed", status: status))
  ]
}

let outcomeUnknown: [Event] = [
  .refundLegOutcomeUnknown(
    RefundLegOutcomeUnknown(
      refundID: "srf_1", paymentID: "pay_1", attempt: 1, reason: "No answer within 30 s",
      status: .outcomeUnknown))
]

func returned(
  _ paymentID: PaymentID = "pay_1", _ amount: Int = 600, _ status: RefundProgress = .failed
) -> [Event] {
  [
    .refundLegReturned(
      RefundLegReturned(
        refundID: "srf_1", paymentID: paymentID, attempt: 1, amount: amount, currency: "GBP",
        reason: "The account was closed", status: status)),
    .orderReservationRestored(
      OrderReservationRestored(
        orderID: "536365", refundID: "srf_1", paymentID: paymentID, amount: amount)),
  ]
}

let release: [Event] = [
  .orderReservationReleased(
    OrderReservationReleased(orderID: "536365", refundID: "srf_1", amount: 600))
]

let denial: [Event] =
  [.refundDenied(RefundDenied(refundID: "srf_1", deniedBy: admin, reason: "worn"))] + release

let cancellation: [Event] =
  [.refundCancelled(RefundCancelled(refundID: "srf_1", cancelledBy: customer))] + release

/// Everything up to an open case about a delivered order.
let open: [Event] = acme() + order + delivered() + caseOpened
/// Everything up to a refund in each of its states.
let pending: [Event] = open + request
let approved: [Event] = pending + approval
let processing: [Event] = approved + started(1)

/// Everything up to an attempt that gives 4.00 back by one payment and 2.00 by another.
let processingTwo: [Event] = {
  var first = paid
  first.amount = 400
  let second = PaymentCaptured(
    orderID: "536365", paymentID: "pay_2", amount: 2206, capturedAt: placedAt)
  var reserved = balanceReserved
  reserved.payments = [
    PaymentPart(paymentID: "pay_1", amount: 400), PaymentPart(paymentID: "pay_2", amount: 200),
  ]
  let order: [Event] = [
    .orderRecorded(orderRecorded), .paymentCaptured(first), .paymentCaptured(second),
  ]
  let asked: [Event] = [request[0], .orderBalanceReserved(reserved), request[2]]
  return acme() + order + delivered() + caseOpened + asked + approval
    + started(1, [leg("pay_1", 400), leg("pay_2", 200)])
}()

func refund(in status: Refund.Status) -> [Event] {
  switch status {
  case .pending: pending
  case .approved: approved
  case .processing: processing
  case .outcomeUnknown: processing + outcomeUnknown
  case .executed: processing + execution
  case .partlyExecuted:
    processingTwo + settled("pay_1", 400, .processing) + failure(of: "pay_2", .partlyExecuted)
  case .failed: processing + failure()
  case .denied: pending + denial
  case .cancelled: pending + cancellation
  }
}

/// Asks for units of the fixture's order.
func requesting(
  _ units: [(LineID, Int)], as refundID: RefundID = "srf_1", shipping: Bool? = nil,
  restocking: Int? = nil, shippingFee: Int? = nil, caseID: CaseID = "sca_9"
) -> RequestRefund {
  RequestRefund(
    refundID: refundID, caseID: caseID, orderID: "536365",
    items: units.enumerated().map {
      RequestedItem(
        refundItemID: RefundItemID(unchecked: "sri_\($0.offset + 1)"), lineID: $0.element.0,
        quantity: $0.element.1)
    },
    includeShipping: shipping, restockingFeeBasisPoints: restocking, shippingFee: shippingFee,
    reason: "damaged_in_transit")
}
