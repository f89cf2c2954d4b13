// What the report of an audit covers: which commits, up to which checkpoint, and what not.

import EventLog
import EventSourcing
import Events
import Foundation
import PersonalData
import RunningRedress
import Testing

@testable import Audit

struct `The report of the audit` {
  private static let acme = ForgedHistory.tenant

  @Test func `says what was examined, and up to which checkpoint`() async throws {
    let honest = try await HonestHistory.shared.value
    let report = try ForgedHistory(honest).audited()
    let events = honest.commits.flatMap(\.self)
    let tenant = try #require(report.tenants.first)
    #expect(report.tenants.count == 1 && tenant.tenant == Self.acme)
    #expect(tenant.eventCount == events.count && tenant.signedSize == UInt64(events.count))
    #expect(tenant.examined?.positions == Position(0)...Position(UInt64(events.count - 1)))
    #expect(report.eventCount == events.count && report.commitCount == honest.commits.count)
    #expect(report.build == "test")
    #expect(report.unchecked.contains { $0.matter.contains("keys of erased persons") })
    #expect(!report.unchecked.contains { $0.matter.contains("was signed") })
  }

  @Test func `examines the span, in the states that all commits before it led to`() async throws {
    var history = try await ForgedHistory(HonestHistory.shared.value)
    try history.set("actor", to: #""agent/ada""#, of: "RefundDenied", in: "refund/denied")
    let denied = try #require(
      history.commits.flatMap(\.self).firstIndex { $0.event.type == "RefundDenied" })
    let position = Position(UInt64(denied))
    func findings(_ from: AuditBound?, _ to: AuditBound?) throws -> [ControlFinding] {
      let report = try history.audited {
        $0.from = from
        $0.to = to
      }
      #expect(report.unchecked.contains { $0.matter == "commits outside the span" })
      return report.findings.filter { $0.control == "permitted-actors" }
    }
    let found = try findings(.position(position), .position(position))
    #expect(found.map(\.positions) == [[position]])
    #expect(try findings(.position(position.advanced(by: 2)), nil) == [])
    #expect(try findings(nil, .position(Position(position.value - 1))) == [])
    let noon = try #require(Timestamp("2026-01-16T12:00:00Z"))
    #expect(try findings(.time(noon), .time(noon)) == found)
    #expect(try findings(.time(Timestamp(microseconds: noon.microseconds + 1)), nil) == [])
  }

  @Test func `lists what administrators changed`() async throws {
    let report = try await ForgedHistory(HonestHistory.shared.value).audited()
    let expected = [
      "TenantRegistered", "AgentAdded", "AgentAdded", "AgentAdded", "PolicyDefined",
      "SlaCalendarDefined", "SlaTargetsSet", "LegalHoldPlaced", "LegalHoldReleased",
      "SubjectErased",
    ]
    #expect(report.changes.map(\.type) == expected)
    #expect(report.changes.last?.actor == Actor(.agent, "lee"))
    #expect(report.changes.last?.detail == "gone: Asked for")
  }

  @Test func `names events that no checkpoint covers`() async throws {
    let report = try await ForgedHistory(HonestHistory.shared.value).audited {
      $0.checkpoints = [:]
    }
    #expect(report.tenants.map(\.signedSize) == [nil])
    #expect(report.unchecked.contains { $0.matter.contains("of acme is the one that was signed") })
  }

  @Test func `finds the key of an erased person, where there are keys`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    _ = try await redress.submit("a", "AddAgent", #"{"agentId":"lee","role":"admin"}"#)
    _ = try await redress.submit(
      "r", "RegisterCustomer", #"{"customerId":"robin","email":"robin@example.com"}"#)
    let old = PersonalKeyFolder(path: redress.folder + "/old-keys")
    try PersonalKeyFolder(path: redress.folder + "/keys").copy(to: old)
    let erased = try await redress.submit(
      "e", "EraseSubject", #"{"subjectId":"robin","reason":"Asked for"}"#, actor: "agent/lee")
    #expect(erased.isAccepted)
    redress.stop()
    func findings(_ keys: PersonalKeyFolder) throws -> [ControlFinding] {
      var configuration = ComplianceAudit.Configuration(
        logFolder: redress.logFolder, build: "test")
      configuration.vault = try #require(try keys.openForReading()).vault
      let audit = ComplianceAudit(configuration)
      return try audit.run().findings
    }
    #expect(try findings(PersonalKeyFolder(path: redress.folder + "/keys")) == [])
    let found = try findings(old)
    #expect(found.map(\.control) == ["erasures"])
    #expect(found.first?.sentence == "robin was erased, and the key is still there")
  }

  @Test func `finds nothing in the history of an earlier release`() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let log = tests.appending(path: "Conformance/fixtures/old-history/log").path
    let audit = ComplianceAudit(.init(logFolder: log, build: "test"))
    let report = try audit.run()
    #expect(report.findings == [])
    #expect(report.tenants.map(\.eventCount) == [223, 65])
    // All but those that decide again by today's rules look at it.
    for control in report.controls where control.rules != ["all"] {
      #expect(control.count > 0, "\(control.id)")
    }
    let decidedAgain = report.controls.filter { $0.rules == ["all"] }
    #expect(decidedAgain.map(\.count) == [0, 0])
    let passedOver = decidedAgain.last?.passedOver ?? [:]
    #expect(passedOver.keys.map(\.matter) == ["commits under version 1 of the rules"])
    #expect(Array(passedOver.values) == [157])
  }

  @Test func `decides again what a tenant of an earlier release does by today's rules`()
    async throws
  {
    let earlier = try RunningRedress(rulesVersion: 1)
    try await earlier.prepare()
    earlier.stop()
    let redress = try RunningRedress(folder: earlier.folder)
    defer { redress.removeFolder() }
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.finishPaying())
    redress.stop()
    let commits = try HonestHistory.commits(in: redress.logFolder)
      .filter { $0[0].tenant == Self.acme }
    let adoption = try #require(
      commits.firstIndex { $0[0].event.type == RulesAdopted.typeName })
    var configuration = ComplianceAudit.Configuration(logFolder: redress.logFolder, build: "test")
    configuration.tenant = Self.acme
    let report = try ComplianceAudit(configuration).run()
    let decided = try #require(report.controls.last)
    #expect(decided.id == DecideAgain.id && report.findings == [])
    // Outcomes without events have a control of their own.
    let today = commits[adoption...].filter {
      if case .command? = $0.last?.event { false } else { true }
    }
    #expect(decided.count == today.count && today.count > 1)
    #expect(adoption > 0 && Array(decided.passedOver.values) == [adoption])
  }

  @Test func `each rule names its controls, or says why the log cannot show it`() throws {
    let book = try Self.text("Domain/Documentation.docc/Rules.md")
    let rules = book.matches(of: #/(?m)^(?:### (\w+)|- \*\*([^*]+)\*\*): /#).map {
      String($0.1 ?? $0.2 ?? "")
    }
    let table = try #require(book.split(separator: "## What the audit sees of each rule").last)
    let rows = table.matches(of: #/(?m)^\| ([^|]+) \| (.+) \|$/#).dropFirst(2)
    #expect(rows.map { String($0.1) } == rules)
    for row in rows {
      let named = Set(row.2.matches(of: /`([^`]+)`/).map { String($0.1) })
      let cited = Controls.all.filter { $0.rules.contains(String(row.1)) }.map { $0.id }
      #expect(named.subtracting([DecideAgain.id]) == Set(cited), "\(row.1)")
      #expect(named.isEmpty == row.2.hasPrefix("none: "), "\(row.1)")
    }
    for control in Controls.all where control.rules != ["all"] {
      #expect(!control.rules.isEmpty && Set(control.rules).isSubset(of: rules), "\(control.id)")
    }
  }

  @Test func `the manual lists its controls`() throws {
    let manual = try Self.text("redress/Documentation.docc/Auditing.md")
    for control in Controls.all { #expect(manual.contains("| `\(control.id)` |"), "\(control.id)") }
    #expect(Set(Controls.all.map { $0.id }).count == Controls.all.count)
  }

  private static func text(_ path: String) throws -> String {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
    return try String(contentsOf: sources.appending(path: path), encoding: .utf8)
  }
}

/// Histories that a service recorded of cases with targets, whose times go back and forth.
struct `The audit of cases with targets` {
  private static let days = ["monday", "tuesday", "wednesday"].map {
    #"{"weekday":"\#($0)","from":"00:00","to":"24:00"}"#
  }.joined(separator: ",")

  private static let targets = ["low", "normal", "high", "urgent"].map {
    #"{"severity":"\#($0)","firstResponseMinutes":60,"resolutionMinutes":6000}"#
  }.joined(separator: ",")

  private static let opening: [Command] = [
    ("DefineSlaCalendar", "service/shop", #"{"calendarId":"week","hours":[\#(days)]}"#, nil),
    ("SetSlaTargets", "service/shop", #"{"calendarId":"week","targets":[\#(targets)]}"#, nil),
    (
      "OpenCase", "customer/robin",
      #"{"caseId":"k","customerId":"robin","title":"Late","type":"product"}"#, "12:00"
    ),
    ("AssignCase", "agent/kim", #"{"caseId":"k","owner":"kim"}"#, "12:00"),
  ]

  /// The time of day is of a Monday.
  private typealias Command = (type: String, actor: String, data: String, time: String?)

  private static func status(_ status: String, _ time: String) -> Command {
    ("ChangeCaseStatus", "agent/kim", #"{"caseId":"k","status":"\#(status)"}"#, time)
  }

  private static func severity(_ severity: String, _ time: String) -> Command {
    ("ChangeCaseSeverity", "agent/kim", #"{"caseId":"k","severity":"\#(severity)"}"#, time)
  }

  /// What the audit finds after these commands, all of which are accepted.
  private func findings(after commands: [Command]) async throws -> [ControlFinding] {
    let redress = try RunningRedress(now: Timestamp("2026-04-01T12:00:00Z"))
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    for (number, command) in (Self.opening + commands).enumerated() {
      let answer = try await redress.submit(
        "s\(number)", command.type, command.data, actor: command.actor,
        at: command.time.map { "2026-03-02T\($0):00Z" })
      #expect(answer.isAccepted, "\(command)")
    }
    redress.stop()
    let audit = ComplianceAudit(.init(logFolder: redress.logFolder, build: "test"))
    return try audit.run().findings
  }

  @Test func `lets clocks that never ran go on before the case was opened`() async throws {
    let commands = [
      Self.status("awaiting_customer", "11:30"), Self.severity("high", "10:00"),
      Self.status("investigating", "11:45"), Self.status("awaiting_customer", "11:50"),
    ]
    #expect(try await findings(after: commands) == [])
  }

  @Test(arguments: [status("awaiting_customer", "15:00"), severity("high", "15:00")])
  fileprivate func `lets agents go on with a case whose target was missed`(
    _ command: (type: String, actor: String, data: String, time: String?)
  ) async throws {
    #expect(try await findings(after: [command]) == [])
  }
}
