// What a case's targets miss is recorded when it is missed, once, also after a restart, a rebuild
// and a suspension.

import CommandHandling
import EventLog
import EventSourcing
import Events
import HTML
import ProcessManagers
import Projecting
import Projections
import RunningRedress
import Testing

struct `The process manager of missed targets` {
  let acme = TenantID(unchecked: "acme")
  /// The case is opened on a Friday at ten; the office is open from nine to five.
  static let opened = "2026-01-16T10:00:00.000000Z"
  static let answerDue = "2026-01-16T11:00:00.000000Z"
  static let resolutionDue = "2026-01-19T10:00:00.000000Z"

  private func states(_ redress: RunningRedress) async throws -> [String] {
    #expect(await redress.settle())
    return try redress.projections.read(CaseBoard.self) {
      try CaseBoard.targets(of: CaseID(unchecked: "k2"), tenant: acme, in: $0).map(\.state)
    }
  }

  private func eventCount(_ redress: RunningRedress) -> UInt64 {
    redress.log.nextPosition(of: acme).value
  }

  /// The clock shows a time after all that is due.
  private func opening() async throws -> RunningRedress {
    let redress = try RunningRedress(now: Timestamp("2026-01-20T12:00:00Z"))
    try await redress.prepare()
    redress.start()
    let hours = ["monday", "tuesday", "wednesday", "thursday", "friday"].map {
      #"{"weekday":"\#($0)","from":"09:00","to":"17:00"}"#
    }
    let targets = ["low", "normal", "high", "urgent"].map {
      #"{"severity":"\#($0)","firstResponseMinutes":60,"resolutionMinutes":480}"#
    }
    for (id, type, data) in [
      (
        "calendar", "DefineSlaCalendar",
        #"{"calendarId":"office","hours":[\#(hours.joined(separator: ","))]}"#
      ),
      (
        "targets", "SetSlaTargets",
        #"{"calendarId":"office","targets":[\#(targets.joined(separator: ","))]}"#
      ),
    ] {
      #expect(try await redress.submit(id, type, data).isAccepted)
    }
    let answer = try await redress.submit(
      "k2", "OpenCase", #"{"caseId":"k2","customerId":"robin","title":"Late","type":"product"}"#,
      at: Self.opened)
    #expect(answer.types == ["CaseOpened", "SlaClocksStarted"])
    #expect(try await redress.submit("end", "EndImport", "{}").isAccepted)
    return redress
  }

  @Test func `records each when it runs out and not before, and only once`() async throws {
    let redress = try await opening()
    defer { redress.removeFolder() }
    try await redress.run(SlaClocks.self, at: Timestamp("2026-01-16T10:59:59.999999Z"))
    #expect(try await states(redress) == ["open", "open"])
    let before = eventCount(redress)
    try await redress.run(SlaClocks.self, at: Timestamp(Self.answerDue))
    #expect(try await states(redress) == ["breached", "open"])
    try await redress.run(SlaClocks.self, at: Timestamp(Self.resolutionDue))
    #expect(try await states(redress) == ["breached", "breached"])
    #expect(eventCount(redress) == before + 2)
    // Neither another run nor replaying the history fires one again.
    try await redress.run(SlaClocks.self, at: Timestamp("2026-01-20T12:00:00Z"))
    _ = try redress.projections.rebuild([DueWork.name])
    try await redress.run(SlaClocks.self, at: Timestamp("2026-01-20T12:00:00Z"))
    #expect(eventCount(redress) == before + 2)
    redress.stop()
  }

  @Test func `records after a restart what ran out before, from the log`() async throws {
    let redress = try await opening()
    defer { redress.removeFolder() }
    #expect(await redress.settle())
    redress.stop()
    let again = try RunningRedress(folder: redress.folder, now: Timestamp("2026-01-20T12:00:00Z"))
    again.start()
    try await again.run(SlaClocks.self, at: Timestamp("2026-01-20T12:00:00Z"))
    #expect(try await states(again) == ["breached", "breached"])
    again.stop()
  }

  @Test func `waits while somebody else is awaited, and for a suspended tenant`() async throws {
    let redress = try await opening()
    defer { redress.removeFolder() }
    func become(_ status: String, _ id: String, at time: String) async throws {
      #expect(try await redress.submit("begin-\(id)", "BeginImport", "{}").isAccepted)
      #expect(
        try await redress.submit(
          id, "ChangeCaseStatus", #"{"caseId":"k2","status":"\#(status)"}"#, actor: "agent/kim",
          at: time
        ).isAccepted)
      #expect(try await redress.submit("end-\(id)", "EndImport", "{}").isAccepted)
    }
    try await become("awaiting_customer", "a", at: "2026-01-16T10:30:00Z")
    #expect(await redress.settle())
    try await redress.run(SlaClocks.self, at: Timestamp("2026-01-20T12:00:00Z"))
    #expect(try await states(redress) == ["open", "open"])
    try await become("investigating", "b", at: "2026-01-19T16:45:00Z")
    _ = try await redress.submit("s1", "SuspendTenant", #"{"reason":"unpaid"}"#)
    #expect(await redress.settle())
    // Half an hour was left, 15 minutes of it on Monday.
    try await redress.run(SlaClocks.self, at: Timestamp("2026-01-20T09:15:00Z"))
    #expect(try await states(redress) == ["open", "open"])
    _ = try await redress.submit("s2", "ReinstateTenant", "{}")
    #expect(await redress.settle())
    try await redress.run(SlaClocks.self, at: Timestamp("2026-01-20T09:14:59Z"))
    #expect(try await states(redress) == ["open", "open"])
    try await redress.run(SlaClocks.self, at: Timestamp("2026-01-20T09:15:00Z"))
    #expect(try await states(redress) == ["breached", "open"])
    redress.stop()
  }

  @Test func `tells what is at risk, and a case's messages and evidence`() async throws {
    let redress = try await opening()
    defer { redress.removeFolder() }
    let sha = String(repeating: "9f", count: 32)
    #expect(try await redress.submit("again", "BeginImport", "{}").isAccepted)
    let posted = try await redress.submit(
      "m1", "PostMessage",
      #"{"messageId":"smg_1","caseId":"k2","customerId":"robin","authorRole":"agent","#
        + #""body":"We are **sorry**.","attachments":[{"sha256":"\#(sha)","bytes":7,"#
        + #""mime":"image/png"}]}"#, actor: "agent/kim", at: "2026-01-16T10:15:00Z")
    #expect(posted.types == ["MessagePosted", "EvidenceAttached", "SlaFirstResponseMet"])
    #expect(try await states(redress) == ["met", "open"])
    let acme = acme
    func atRisk(_ isBreached: Bool) throws -> [String] {
      try redress.projections.read(CaseBoard.self) {
        try CaseBoard.targetsAtRisk(
          tenant: acme, isBreached: isBreached, after: nil, limit: 10, in: $0
        ).map { "\($0.caseID) \($0.target) \($0.dueAt ?? "")" }
      }
    }
    #expect(try atRisk(false) == ["k2 resolution \(Self.resolutionDue)"])
    #expect(try atRisk(true) == [])
    try redress.projections.read(CaseBoard.self) { database in
      let id = CaseID(unchecked: "k2")
      let messages = try CaseBoard.messages(of: id, tenant: acme, in: database)
      #expect(messages.map(\.body) == ["We are **sorry**."])
      let evidence = try CaseBoard.evidence(of: id, tenant: acme, in: database)
      #expect(evidence.map(\.sha256) == [sha] && evidence[0].messageID == "smg_1")
      let row = try CaseBoard.supportCase(id, tenant: acme, in: database)
      #expect(row?.slaFirstResponseAt == "2026-01-16T10:15:00.000000Z")
      #expect(row?.slaDueAt == Self.resolutionDue)
      let cases = try CaseBoard.cases(
        tenant: acme, customer: CustomerID(unchecked: "robin"), status: .open, before: nil,
        limit: 10, in: database)
      #expect(cases.rows.map(\.caseID) == ["k2", "k1"])
      let ofOrder = try CaseBoard.cases(
        tenant: acme, order: OrderID(unchecked: "o1"), before: nil, limit: 10, in: database)
      #expect(ofOrder.rows.map(\.caseID) == ["k1"])
    }
    let page = try await redress.page("/tenants/acme/cases/k2")
    #expect(page.contains("We are <strong>sorry</strong>."))
    redress.stop()
  }
}
