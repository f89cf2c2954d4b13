// The audit believes nothing that the rules could not have led to, however well it is written down.

import Audit
import EventLog
import EventSourcing
import Events
import RunningRedress
import Testing

struct `The audit` {
  @Test func `accepts what Redress wrote`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    var verification = Verification(logFolder: redress.logFolder)
    let report = try verification.run()
    #expect(report.eventCount == (try redress.history().count))
    #expect(report.tenants == [TenantID(unchecked: "acme"): report.eventCount])
  }

  /// A way to write down a history that cannot be, and what the audit says of it.
  struct Forgery: Sendable, CustomTestStringConvertible {
    var name: String
    var says: String
    var forge: @Sendable ([RecordedEvent]) -> [RecordedEvent]
    var rewrite: @Sendable ([UInt8]) -> [UInt8] = { $0 }

    var testDescription: String { name }
  }

  /// The next revision of the tenant's stream.
  private static func next(after history: [RecordedEvent]) -> Revision {
    history.last { $0.stream.rawValue == "tenant" }!.revision.advanced(by: 1)
  }

  static let forgeries: [Forgery] = [
    Forgery(name: "a leg of a refund settled twice", says: "cannot follow") { history in
      var again = history.last { $0.event.type == "RefundLegSettled" }!
      again.revision = again.revision.advanced(by: 1)
      return [again]
    },
    Forgery(name: "a revision left out", says: "comes next") { history in
      var event = history.first { $0.event.type == "AgentAdded" }!
      event.event = .agentAdded(AgentAdded(agentID: AgentID(unchecked: "x"), role: .agent))
      event.revision = next(after: history).advanced(by: 1)
      return [event]
    },
    Forgery(name: "another tenant's name", says: "names the tenant") { history in
      var event = history.first { $0.event.type == "AgentAdded" }!
      event.tenant = TenantID(unchecked: "other")
      return [event]
    },
    Forgery(name: "another stream's name", says: "belongs to") { history in
      var event = history.first { $0.event.type == "AgentAdded" }!
      event.stream = StreamName("order/o1")
      return [event]
    },
    Forgery(
      name: "a line that is not canonical", says: "canonical",
      forge: { history in
        var event = history.first { $0.event.type == "AgentAdded" }!
        event.event = .agentAdded(AgentAdded(agentID: AgentID(unchecked: "x"), role: .agent))
        event.revision = next(after: history)
        return [event]
      },
      rewrite: { line in
        Array(String(decoding: line, as: UTF8.self).replacing(#""role":"#, with: #""role": "#).utf8)
      }),
    Forgery(
      name: "a field that no schema has", says: "schema",
      forge: { history in
        var event = history.first { $0.event.type == "AgentAdded" }!
        event.event = .agentAdded(AgentAdded(agentID: AgentID(unchecked: "x"), role: .agent))
        event.revision = next(after: history)
        return [event]
      },
      rewrite: { line in
        Array(
          String(decoding: line, as: UTF8.self).replacing(#""role":"#, with: #""rule":"#).utf8)
      }),
    Forgery(name: "a time before the one before", says: "before the one before") { history in
      var event = history.first { $0.event.type == "AgentAdded" }!
      event.event = .agentAdded(AgentAdded(agentID: AgentID(unchecked: "x"), role: .agent))
      event.revision = next(after: history)
      event.recordedTime = Timestamp(microseconds: 0)
      return [event]
    },
  ]

  @Test(arguments: forgeries)
  func `finds`(_ forgery: Forgery) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder(isForged: true) }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()

    let history = try redress.history()
    let (log, _) = try EventLog.open(
      folder: redress.logFolder,
      describe: { _ in (StreamName("tenant"), CommandID(unchecked: "f")) },
      onFailure: { fatalError("\($0)") })
    let tenant = TenantID(unchecked: "acme")
    let first = log.nextPosition(of: tenant)
    var lines: [UInt8] = []
    var streams: [StreamName] = []
    for (index, forged) in forgery.forge(history).enumerated() {
      var event = forged
      event.position = first.advanced(by: index)
      event.commandID = CommandID(unchecked: "forged")
      if event.recordedTime.microseconds > 0 { event.recordedTime = history.last!.recordedTime }
      var line: [UInt8] = []
      event.write(to: &line)
      lines += forgery.rewrite(line) + [UInt8(ascii: "\n")]
      streams.append(event.stream)
    }
    try log.append(
      Commit(
        tenant: tenant, commandID: CommandID(unchecked: "forged"), firstPosition: first,
        lines: lines, streams: streams)
    ) { _ in }
    log.close()

    var verification = Verification(logFolder: redress.logFolder)
    let finding = #expect(throws: Finding.self) { try verification.run() }
    #expect(finding?.position == first)
    #expect(finding?.reason.contains(forgery.says) == true, "\(finding?.reason ?? "nothing")")
  }
}
