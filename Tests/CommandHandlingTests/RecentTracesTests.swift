// The traces that are carried on: those of the newest events, and no more.

import EventSourcing
import Events
import Testing

@testable import CommandHandling

struct `The traces of recent events` {
  private static let acme = TenantID(unchecked: "acme")

  private func trace(_ number: Int) -> TraceParent? {
    let digits = String(number, radix: 16)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    return TraceParent(header: "00-4bf92f3577b34da6a3ce929d0e0e4736-\(padded)-01")
  }

  private func event(_ number: Int, traced: Bool = true) -> RecordedEvent {
    RecordedEvent(
      tenant: Self.acme, position: Position(UInt64(number)), stream: StreamName("tenant"),
      revision: Revision(0), time: Timestamp(microseconds: 0),
      recordedTime: Timestamp(microseconds: 0), actor: Actor(.service, "tests"), peerUID: 1,
      commandID: CommandID(unchecked: "c\(number)"),
      commandHash: CommandHash(digest: Array(repeating: 0, count: 32)),
      trace: traced ? trace(number) : nil,
      event: .tenantSuspended(TenantSuspended(reason: "unpaid")))
  }

  @Test func `are found by tenant and position`() {
    let traces = RecentTraces()
    traces.add([event(1), event(2, traced: false)])
    #expect(traces[Self.acme, Position(1)] == trace(1))
    #expect(traces[Self.acme, Position(2)] == nil)
    #expect(traces[TenantID(unchecked: "zeta"), Position(1)] == nil)
  }

  @Test func `are those of the newest events, however many there were`() {
    let traces = RecentTraces(countMax: 10)
    for number in 1...100 { traces.add([event(number)]) }
    for number in 1...90 { #expect(traces[Self.acme, Position(UInt64(number))] == nil) }
    for number in 91...100 {
      #expect(traces[Self.acme, Position(UInt64(number))] == trace(number))
    }
  }
}
