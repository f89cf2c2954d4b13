// Each control finds what it is about, and nothing else does: a forged history that every other
// check accepts breaks one control and no other.

import Audit
import EventSourcing
import Events
import Testing

struct `The controls of the audit` {
  @Test func `find nothing in an honest history, in which each examines something`() async throws {
    let report = try await ForgedHistory(HonestHistory.shared.value).audited()
    #expect(report.findings == [])
    for control in report.controls { #expect(control.count > 0, "\(control.id)") }
  }

  /// A way to break one control.
  struct Forgery: Sendable, CustomTestStringConvertible {
    var control: String
    var name: String
    /// A part of the finding.
    var says: String
    /// Whether verification, which has no controls, accepts it.
    var isVerified: Bool
    var forge: @Sendable (inout ForgedHistory) throws -> Void

    init(
      _ control: String, _ name: String, says: String, isVerified: Bool = true,
      _ forge: @escaping @Sendable (inout ForgedHistory) throws -> Void
    ) {
      (self.control, self.name, self.says, self.forge) = (control, name, says, forge)
      self.isVerified = isVerified
    }

    var testDescription: String { "\(control): \(name)" }
  }

  static let forgeries: [Forgery] = [
    Forgery("decide-again", "a return that expires later", says: "ReturnApproved with expiresAt") {
      try $0.set(
        "data.expiresAt", to: #""2026-03-16T12:00:00.000000Z""#, of: "ReturnApproved",
        in: "return/sent")
    },
    Forgery("decide-again", "a refund in another time zone", says: "timeZone \"Europe/London\"") {
      try $0.set(
        "data.timeZone", to: #""Europe/Paris""#, of: "RefundRequested", in: "refund/paid")
    },
    Forgery("decide-again", "a case that nobody asked for", says: "leads to RefundRequested") {
      try $0.remove("CaseRefundRequested", in: "case/k1")
    },
    Forgery("decide-again", "what concerns the service in a shop's history", says: "(T3)") {
      try $0.append(
        .operatorActed(
          OperatorActed(
            recordID: RecordID(unchecked: "sev_1"), action: .keysCopied, what: "to a safe",
            by: Actor(.service, "uid-1000"))),
        by: "system/records")
    },
    Forgery("times-in-order", "an entry of the service put back", says: "gave OperatorActed") {
      try $0.append(
        .operatorActed(
          OperatorActed(
            recordID: RecordID(unchecked: "sev_1"), action: .keysCopied, what: "to a safe",
            by: Actor(.service, "uid-1000"))),
        by: "system/records")
      try $0.set(
        "time", to: #""2020-01-01T00:00:00.000000Z""#, of: "OperatorActed", in: "system/sev_1")
    },
    Forgery("approval-window", "a delivery too long ago", says: "the last day was 2025-12-21") {
      try $0.set(
        "data.deliveredAt", to: #""2025-12-07T12:00:00.000000Z""#, of: "OrderDelivered",
        in: "order/o1")
      try $0.set("data.deliveryDate", to: #""2025-12-07""#, of: "OrderDelivered", in: "order/o1")
    },
    Forgery("approval-window", "facts that were otherwise", says: "names today 2026-01-10") {
      try $0.set(
        "data.facts.today", to: #""2026-01-10""#, of: "RefundApproved", in: "refund/paid")
    },
    Forgery("approval-window", "no delivery", says: "had no delivery date") {
      try $0.remove("OrderDelivered", in: "order/o1")
    },
    Forgery("approval-limits", "an agent's limit that is less", says: "limit of GBP 8.99") {
      try $0.set(
        "data.settings.agentApprovalLimit", to: "899", of: "TenantRegistered", in: "tenant")
    },
    Forgery("approval-limits", "four eyes that were two", says: "four eyes were required") {
      try $0.set("data.settings.fourEyes", to: "true", of: "TenantRegistered", in: "tenant")
    },
    Forgery("approval-limits", "another approver", says: "names agent/lee as its approver") {
      try $0.set(
        "data.approvedBy", to: #""agent/lee""#, of: "RefundApproved", in: "refund/paid")
    },
    Forgery("approval-limits", "too much store credit", says: "store credit of order o1") {
      try $0.set("data.amount", to: "100001", of: "StoreCreditGranted", in: "order/o1")
    },
    Forgery("balances", "another balance than there was", says: "as refundable") {
      try $0.set(
        "data.balanceBefore", to: "8999", of: "RefundRequested", in: "refund/denied")
    },
    Forgery("balances", "a reservation that is too small", says: "and holds GBP 9.00") {
      try $0.set(
        "data.approvedAmount", to: "901", of: "RefundApproved", in: "refund/declined")
      try $0.remove("RefundLegFailed", in: "refund/declined")
      try $0.remove("RefundExecutionStarted", in: "refund/declined")
    },
    Forgery("balances", "an attempt that pays otherwise than is held", says: "1 of refund halves") {
      // They come to the same.
      for (leg, amount) in [(0, "800"), (1, "1200")] {
        try $0.set(
          "data.legs.\(leg).amount", to: amount, of: "RefundExecutionStarted", in: "refund/halves")
      }
    },
    Forgery("settlements", "no reference", says: "has no reference") {
      try $0.set(
        "data.settlementReference", to: #"" ""#, of: "RefundLegSettled", in: "refund/paid")
    },
    Forgery("settlements", "no reason", says: "a failure of refund declined has no reason") {
      try $0.set("data.reason", to: #"" ""#, of: "RefundLegFailed", in: "refund/declined")
    },
    Forgery("settlements", "money that went without a settlement", says: "no settlement says so") {
      try $0.append(
        .orderReservationSettled(
          OrderReservationSettled(
            orderID: o1, refundID: declined, paymentID: PaymentID(unchecked: "o1-p"), amount: 900)),
        by: "system/refund-execution")
    },
    Forgery("settlements", "money that is held again", says: "no event says that it came back") {
      try $0.append(
        .orderReservationRestored(
          OrderReservationRestored(
            orderID: o1, refundID: RefundID(unchecked: "paid"),
            paymentID: PaymentID(unchecked: "o1-p"), amount: 1000)),
        by: "system/refund-execution")
    },
    Forgery("settlements", "a settlement that paid nothing", says: "which did not become paid") {
      try $0.remove("OrderReservationSettled", in: "order/o1")
    },
    Forgery("leg-states", "one key for all legs", says: "which should be split.o3-q.1") {
      for leg in 0...1 {
        try $0.set(
          "data.legs.\(leg).idempotencyKey", to: #""split.1""#, of: "RefundExecutionStarted",
          in: "refund/split")
      }
    },
    Forgery("paid-once", "credit beyond what is left", says: "GBP 90.00 was captured") {
      try $0.append(credit(90_00, for: "awaited"), by: "agent/lee")
    },
    Forgery("paid-once", "credit beside the refund of a return", says: "was paid twice") {
      // The units that a paid return held come back to it first.
      let units = [LineUnits(lineID: LineID(unchecked: "1"), quantity: 1)]
      try $0.append(
        .orderUnitsHeld(
          OrderUnitsHeld(orderID: o2, returnID: ReturnID(unchecked: "sent"), lines: units)),
        credit(1, for: "sent"), by: "agent/lee")
    },
    Forgery("reservations", "a failed refund that let go", says: "gave back 900 minor units") {
      try $0.append(
        .orderReservationReleased(
          OrderReservationReleased(orderID: o1, refundID: declined, amount: 900)),
        by: "agent/kim")
    },
    Forgery("reservations", "a failed refund that holds less", says: "without an approval of less")
    {
      let part = PaymentPart(paymentID: PaymentID(unchecked: "o1-p"), amount: 100)
      try $0.append(
        .orderReservationReduced(
          OrderReservationReduced(orderID: o1, refundID: declined, amount: 100, payments: [part])),
        by: "agent/kim")
    },
    Forgery("reservations", "a rest given up that is held", says: "split holds 500 minor units") {
      try $0.remove("OrderReservationReduced", in: "order/o3")
    },
    Forgery("reservations", "money that came back and is not held", says: "back holds 0 minor") {
      try $0.remove("OrderReservationRestored", in: "order/o3")
    },
    Forgery("service-levels", "a target that is due later", says: "17:00:00.000000Z\"") {
      try $0.set(
        "data.firstResponseDueAt", to: #""2026-01-16T17:00:00.000000Z""#, of: "SlaClocksStarted",
        in: "case/k2")
    },
    Forgery("service-levels", "an answer that met nothing", says: "the history has nothing") {
      try $0.remove("SlaFirstResponseMet", in: "case/k1")
    },
    Forgery("service-levels", "a miss before its time", says: "have nothing") {
      let due = try #require(Timestamp("2026-01-16T13:00:00Z"))
      let opened = try #require(Timestamp("2026-01-16T12:00:00Z"))
      try $0.append(
        .slaBreached(
          SlaBreached(
            caseID: CaseID(unchecked: "k2"), targetKind: .firstResponse,
            calendarID: SlaCalendarID(unchecked: "week"), calendarVersion: 1,
            timeZone: "Europe/London", severity: .normal,
            targetMinutes: 60, dueAt: due, intervals: [BusinessInterval(from: opened, to: due)])),
        by: "system/sla-clocks")
    },
    Forgery("service-levels", "clocks that stood still for no reason", says: "have nothing") {
      try $0.append(
        .slaClocksPaused(
          SlaClocksPaused(
            caseID: CaseID(unchecked: "k2"), status: .open,
            pausedAt: #require(Timestamp("2026-01-16T12:00:00Z")))), by: "agent/kim")
    },
    Forgery("outcomes", "a refusal with other facts", says: "and the history has another") {
      try $0.set(
        "data.facts.0.value", to: #""paid""#, of: "CommandRejected", in: HonestHistory.outcome(0))
    },
    Forgery("outcomes", "a refusal of what was allowed", says: "and the history has another") {
      try $0.set(
        "data.target", to: #""refund/none""#, of: "CommandRejected", in: HonestHistory.outcome(0))
    },
    Forgery("outcomes", "nothing changed, for another reason", says: "changes nothing: ") {
      try $0.set(
        "data.reason", to: #""So it is.""#, of: "CommandHadNoEffect", in: HonestHistory.outcome(7))
    },
    Forgery("policy-in-force", "an older version of the policy", says: "version 2") {
      try $0.set(
        "data.policy.version", to: "2", of: "ReturnRequested", in: "return/awaited")
    },
    Forgery("policy-in-force", "a rule that the policy lacks", says: "by the default action") {
      try $0.set(
        "data.lines.0.decision.facts.sku", to: #""A1""#, of: "ReturnRequested", in: "return/awaited"
      )
      try $0.set(
        "data.lines.0.decision.unknown", to: #"["sku"]"#, of: "ReturnRequested",
        in: "return/awaited")
    },
    Forgery("policy-in-force", "a fee that the policy lacks", says: "1001 basis points") {
      try $0.set(
        "data.restockingFees.0.basisPoints", to: "1001", of: "RefundRequested",
        in: "refund/ofReturn")
    },
    Forgery("erasures", "an erasure despite a legal hold", says: "the legal hold of case k3") {
      try $0.remove("LegalHoldReleased", in: "case/k3")
    },
    Forgery(
      "erasures", "something personal afterwards", says: "after the erasure", isVerified: false
    ) {
      let gone = CustomerID(unchecked: "gone")
      try $0.append(
        .customerDetailsChanged(
          CustomerDetailsChanged(customerID: gone, email: "enc:v1:gone:AAAA")),
        by: "service/shop")
    },
    Forgery("erasures", "no key that was destroyed", says: "names no key") {
      try $0.set("data", to: noKey, of: "SubjectErased", in: "privacy")
    },
    Forgery("permitted-actors", "an auditor who decides", says: "in the role auditor") {
      try $0.set("actor", to: #""agent/ada""#, of: "RefundDenied", in: "refund/denied")
    },
    Forgery("permitted-actors", "a customer in another's case", says: "concerns customer robin") {
      try $0.set("actor", to: #""customer/gone""#, of: "CaseOpened", in: "case/k1")
    },
    Forgery("permitted-actors", "a service that defines a policy", says: "manageTenant") {
      try $0.set("actor", to: #""service/shop""#, of: "PolicyDefined", in: "tenant")
    },
    Forgery("times-in-order", "a denial before the request", says: "its last event at") {
      try $0.set(
        "time", to: #""2026-01-16T11:59:59.000000Z""#, of: "RefundDenied", in: "refund/denied")
    },
    Forgery("times-in-order", "a case opened in the future", says: "was recorded before") {
      try $0.set("time", to: #""2026-01-16T12:00:01.000000Z""#, of: "CaseOpened", in: "case/k3")
    },
  ]

  private static let (o1, o2) = (OrderID(unchecked: "o1"), OrderID(unchecked: "o2"))
  private static let declined = RefundID(unchecked: "declined")
  private static let noKey =
    #"{"subjectId":"gone","reason":"Asked for","erasedBy":"agent/lee"}"#

  private static func credit(_ amount: Int, for returnID: String) -> Event {
    .storeCreditGranted(
      StoreCreditGranted(
        orderID: o2, caseID: CaseID(unchecked: "k2"), returnID: ReturnID(unchecked: returnID),
        amount: amount, currency: CurrencyCode(unchecked: "GBP"), reason: "Return",
        grantedBy: Actor(.agent, "lee")))
  }

  @Test(arguments: forgeries)
  func `find a forgery that nothing else finds`(_ forgery: Forgery) async throws {
    var history = try await ForgedHistory(HonestHistory.shared.value)
    try forgery.forge(&history)
    let report = try history.audited(isVerified: forgery.isVerified)
    // Only what it is about, and deciding again, which finds every fault of a decision.
    let found = Set(report.findings.map(\.control))
    #expect(
      found.union(["decide-again"]) == [forgery.control, "decide-again"], "\(report.findings)")
    #expect(found.contains(forgery.control))
    #expect(
      report.findings.contains { $0.sentence.contains(forgery.says) }, "\(report.findings)")
  }

  @Test func `each have a forgery`() async throws {
    let report = try await ForgedHistory(HonestHistory.shared.value).audited()
    #expect(Set(Self.forgeries.map(\.control)) == Set(report.controls.map(\.id)))
  }
}
