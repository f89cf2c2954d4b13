// R7, R8, R9: for every answer of the provider and every crash of the process, no refund is paid
// twice and no approved refund is lost.

import CommandHandling
import Domain
import EventSourcing
import Events
import Gateways
import ProcessManagers
import Projecting
import Projections
import RunningRedress
import Synchronization
import Testing

struct `Paying a refund` {
  private func types(_ redress: RunningRedress) throws -> [String] {
    try redress.history().filter { $0.stream.rawValue == "refund/r1" }.map(\.event.type)
  }

  @Test func `happens once, after the approval`() async throws {
    let asked = Mutex<[PaymentInstruction]>([])
    let redress = try RunningRedress(behaviour: { instruction in
      asked.withLock { $0.append(instruction) }
      return .pay
    })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress)
        == ["RefundRequested", "RefundApproved", "RefundExecutionStarted", "RefundLegSettled"])
    #expect(redress.gateway.paid.amount == 339 && redress.gateway.paid.count == 1)
    let legs = asked.withLock { $0.map { "\($0.paymentID) \($0.provider ?? "") \($0.amount)" } }
    #expect(legs == ["p1 acme_pay 339"])
    let started = try #require(
      try redress.history().first { $0.event.type == "RefundExecutionStarted" })
    let approved = try #require(try redress.history().first { $0.event.type == "RefundApproved" })
    #expect(started.causation == approved.position)
    #expect(started.actor == Actor(.system, "refund-execution"))
  }

  @Test func `that the provider declines is a known failure, and is not tried again`() async throws
  {
    let redress = try RunningRedress(behaviour: { _ in .decline })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    #expect(try await redress.finishPaying())
    redress.stop()
    #expect(try types(redress).suffix(2) == ["RefundExecutionStarted", "RefundLegFailed"])
    #expect(redress.gateway.paid.count == 0)
  }

  @Test func `whose answer is lost is settled from the provider's books`() async throws {
    let redress = try RunningRedress(behaviour: { _ in .timeout })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress).suffix(3)
        == ["RefundExecutionStarted", "RefundLegOutcomeUnknown", "RefundLegSettled"])
    #expect(redress.gateway.paid.count == 1)
  }

  @Test func `that never reached the provider is tried again as a new attempt`() async throws {
    let redress = try RunningRedress(
      behaviour: { $0.idempotencyKey.hasSuffix(".1") ? .lose : .pay })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress).suffix(5) == [
        "RefundExecutionStarted", "RefundLegOutcomeUnknown", "RefundLegFailed",
        "RefundExecutionStarted", "RefundLegSettled",
      ])
    #expect(redress.gateway.paid.count == 1)
  }

  @Test(arguments: [true, false])
  func `that a crash cut short is never asked for again`(hadReachedProvider: Bool) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    // What the process manager does up to the moment of the crash.
    let started = try await redress.submit("start", "ExecuteRefund", #"{"refundId":"r1"}"#)
    #expect(started.isAccepted)
    if hadReachedProvider {
      _ = await redress.gateway.pay(
        PaymentInstruction(
          tenant: TenantID(unchecked: "acme"), refundID: "r1", paymentID: "p1",
          idempotencyKey: "r1.p1.1", amount: 339, currency: "GBP"))
    }
    redress.stop()

    let restarted = try RunningRedress(folder: redress.folder)
    restarted.start()
    #expect(try await restarted.waitForRefund("r1", status: "executed"))
    restarted.stop()
    #expect(restarted.gateway.paid.count == 1)
    let types = try types(restarted)
    #expect(types.contains("RefundLegOutcomeUnknown"))
    #expect(types.count { $0 == "RefundLegSettled" } == 1)
    #expect(types.count { $0 == "RefundExecutionStarted" } == (hadReachedProvider ? 1 : 2))
  }

  @Test func `pays two tenants whose refunds have the same name`() async throws {
    let gateway = SimulatedPaymentGateway(crash: {})
    var references: Set<String> = []
    for (tenant, amount) in [("acme", 339), ("bolt", 777)] {
      let answer = await gateway.pay(
        PaymentInstruction(
          tenant: TenantID(unchecked: tenant), refundID: "r1", paymentID: "p1",
          idempotencyKey: "r1.p1.1", amount: amount, currency: "GBP"))
      guard case .paid(let reference) = answer else {
        Issue.record("expected paid, got \(answer)")
        return
      }
      references.insert(reference)
    }
    #expect(references.count == 2)
    #expect(gateway.paid.count == 2 && gateway.paid.amount == 339 + 777)
  }

  @Test func `that an agent starts anew is asked for at once`() async throws {
    let redress = try RunningRedress(
      behaviour: { $0.idempotencyKey.hasSuffix(".1") ? .decline : .pay })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    let again = try await redress.submit(
      "again", "ExecuteRefund", #"{"refundId":"r1"}"#, actor: "agent/kim")
    #expect(again.isAccepted)
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress).suffix(4)
        == [
          "RefundExecutionStarted", "RefundLegFailed", "RefundExecutionStarted",
          "RefundLegSettled",
        ])
    #expect(redress.gateway.paid.count == 1)
  }

  /// Every actor except the provider that may report an outcome.
  @Test func `that was paid stays paid when other actors report a failure`() async throws {
    let redress = try RunningRedress(behaviour: { _ in .timeout })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    _ = try await redress.submit("start", "ExecuteRefund", #"{"refundId":"r1"}"#)
    let key = Refund.idempotencyKey(
      RefundID(unchecked: "r1"), PaymentID(unchecked: "p1"), attempt: 1)
    _ = await redress.gateway.pay(
      PaymentInstruction(
        tenant: TenantID(unchecked: "acme"), refundID: "r1", paymentID: "p1",
        idempotencyKey: key, amount: 339, currency: "GBP"))
    let failed = #"{"refundId":"r1","attempt":1,"code":"not_received","reason":"I think so"}"#
    let reconciled =
      #"""
      {"refundId":"r1","attempt":1,"outcome":"failed","code":"not_received",\#
      "reason":"I think so"}
      """#
    for actor in ["service/ops-script", "agent/kim"] {
      let told = try await redress.submit(
        "f-\(actor.count)", "RecordRefundFailed", failed, actor: actor)
      #expect(told.rejection != nil)
      let said = try await redress.submit(
        "g-\(actor.count)", "ReconcileRefund", reconciled, actor: actor)
      #expect(said.rejection != nil)
    }
    // And if the provider itself said so, and was wrong, its books are asked before anything is
    // paid again.
    let wrong = try await redress.submit(
      "h", "RecordRefundFailed", failed, actor: "system/refund-execution")
    #expect(wrong.isAccepted)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder)
    again.start()
    #expect(try await again.waitForRefund("r1", status: "executed"))
    again.stop()
    #expect(again.gateway.paid.count == 1)
    #expect(try types(again).count { $0 == "RefundExecutionStarted" } == 1)
  }

  /// What became of it, the old system may know; the provider's books under Redress's keys do not.
  @Test(arguments: ["", "unknown", "failed"])
  func `that another system asked for is for people`(outcome: String) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    for (id, type, data) in [
      (
        "r", "RequestRefund",
        #"""
        {"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],\#
        "reason":"size"}
        """#
      ),
      ("a", "ApproveRefund", #"{"refundId":"r1"}"#), ("x", "ExecuteRefund", #"{"refundId":"r1"}"#),
    ] {
      let answer = try await redress.submit(
        id, type, data, actor: "agent/kim", at: "2026-01-16T11:00:00Z")
      #expect(answer.isAccepted, "\(type): \(answer)")
    }
    switch outcome {
    case "unknown":
      let told = try await redress.submit(
        "u", "RecordRefundOutcomeUnknown", #"{"refundId":"r1","attempt":1,"reason":"no answer"}"#)
      #expect(told.isAccepted)
    case "failed":
      let told = try await redress.submit(
        "f", "RecordRefundFailed",
        #"{"refundId":"r1","attempt":1,"code":"not_received","reason":"no answer"}"#)
      #expect(told.isAccepted)
    default: break
    }
    #expect(try await redress.submit("e", "EndImport", "{}").isAccepted)
    #expect(try await redress.finishPaying())
    redress.stop()
    let again = try RunningRedress(folder: redress.folder)
    again.start()
    #expect(try await again.finishPaying())
    again.stop()
    #expect(redress.gateway.paid.count == 0 && again.gateway.paid.count == 0)
    #expect(try types(again).count { $0 == "RefundExecutionStarted" } == 1)
  }

  @Test func `goes on once a chargeback does not claim its money any more`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    let opened = try await redress.submit(
      "cb", "OpenChargeback",
      #"""
      {"chargebackId":"g1","caseId":"k1","orderId":"o1","paymentId":"p1","amount":678,\#
      "reason":"fraud"}
      """#
    )
    #expect(opened.isAccepted)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder)
    again.start()
    // Refused, on record, and not forgotten.
    #expect(try await again.finishPaying())
    #expect(try again.history().contains { $0.event.type == "CommandRejected" })
    let waiting = try #require(
      try again.projections.read(RefundQueue.self) {
        try RefundQueue.refund(
          RefundID(unchecked: "r1"), tenant: TenantID(unchecked: "acme"), in: $0)
      })
    #expect(waiting.status == "approved")
    #expect(waiting.note?.contains("chargeback g1") == true, "it says what it waits for")
    let ended = try await again.submit(
      "won", "RecordChargebackOutcome",
      #"{"caseId":"k1","chargebackId":"g1","outcome":"prevented"}"#)
    #expect(ended.isAccepted)
    #expect(try await again.waitForRefund("r1", status: "executed"))
    again.stop()
    #expect(again.gateway.paid.count == 1)
  }
}
