// From the request of an approval over its events to the payment: one trace.

import CommandHandling
import EventSourcing
import Events
import Gateways
import RunningRedress
import Synchronization
import Testing

struct TraceTests {
  private static let trace = TraceParent(
    header: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

  @Test func `a payment has the trace of the request that approved it`() async throws {
    let asked = Mutex<[TraceParent?]>([])
    let redress = try RunningRedress(behaviour: { instruction in
      asked.withLock { $0.append(instruction.trace) }
      return .pay
    })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    let then = "2026-01-16T10:00:00Z"
    _ = try await redress.submit("begin", "BeginImport", "{}")
    _ = try await redress.submit(
      "request", "RequestRefund",
      #"{"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],"#
        + #""reason":"broken"}"#, actor: "customer/robin", at: then)
    let answer = try await redress.submit(
      #"{"id":"approve","tenant":"acme","type":"ApproveRefund","data":{"refundId":"r1"},"#
        + #""actor":"agent/kim","occurredAt":"\#(then)"}"#, trace: Self.trace)
    #expect(answer.isAccepted)
    _ = try await redress.submit("end", "EndImport", "{}")
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(asked.withLock { $0 } == [Self.trace])
    let events = try redress.history().filter { $0.stream.rawValue == "refund/r1" }
    #expect(events.map { $0.trace != nil } == [false, true, true, true])
    #expect(Set(events.dropFirst().map(\.trace)) == [Self.trace])
  }
}
