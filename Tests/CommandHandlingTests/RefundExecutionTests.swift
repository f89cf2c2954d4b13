// R7, R8, R9: however the provider behaves and whenever the process dies, nobody is paid twice and no
// approved refund is forgotten.

import CommandHandling
import EventSourcing
import Events
import Gateways
import RunningRedress
import Testing

struct `Paying a refund` {
  private func types(_ redress: RunningRedress) throws -> [String] {
    try redress.history().filter { $0.stream.rawValue == "refund/r1" }.map(\.event.type)
  }

  @Test func `happens once, after the approval`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress)
        == ["RefundRequested", "RefundApproved", "RefundExecutionStarted", "RefundExecuted"])
    #expect(redress.gateway.paid.amount == 339 && redress.gateway.paid.count == 1)
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
    redress.execution.wake()
    redress.stop()
    #expect(try types(redress).suffix(2) == ["RefundExecutionStarted", "RefundFailed"])
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
        == ["RefundExecutionStarted", "RefundOutcomeUnknown", "RefundExecuted"])
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
        "RefundExecutionStarted", "RefundOutcomeUnknown", "RefundFailed",
        "RefundExecutionStarted", "RefundExecuted",
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
          tenant: TenantID(unchecked: "acme"), refundID: "r1", idempotencyKey: "r1.1",
          amount: 339, currency: "GBP"))
    }
    redress.stop()

    let restarted = try RunningRedress(folder: redress.folder)
    restarted.start()
    #expect(try await restarted.waitForRefund("r1", status: "executed"))
    restarted.stop()
    #expect(restarted.gateway.paid.count == 1)
    let types = try types(restarted)
    #expect(types.contains("RefundOutcomeUnknown"))
    #expect(types.count { $0 == "RefundExecuted" } == 1)
    #expect(types.count { $0 == "RefundExecutionStarted" } == (hadReachedProvider ? 1 : 2))
  }

  @Test func `pays two tenants whose refunds have the same name`() async throws {
    let gateway = SimulatedPaymentGateway(crash: {})
    var references: Set<String> = []
    for (tenant, amount) in [("acme", 339), ("bolt", 777)] {
      let answer = await gateway.pay(
        PaymentInstruction(
          tenant: TenantID(unchecked: tenant), refundID: "r1", idempotencyKey: "r1.1",
          amount: amount, currency: "GBP"))
      guard case .paid(let reference) = answer else {
        Issue.record("expected paid, got \(answer)")
        return
      }
      references.insert(reference)
    }
    #expect(references.count == 2)
    #expect(gateway.paid.count == 2 && gateway.paid.amount == 339 + 777)
  }
}
