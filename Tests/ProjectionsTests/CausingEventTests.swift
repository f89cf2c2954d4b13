// A small story, in which each row that differs names the events that did it.

import Audit
import EventLog
import EventSourcing
import Events
import JSON
import Projecting
import Projections
import RunningRedress
import SQLite
import Testing

struct CausingEventTests {
  private static let tenant = TenantID(unchecked: "acme")

  @Test func `a refund that is requested and denied has both events, in order`() async throws {
    let changes = try await changes { redress in
      try await request("r1", redress)
      _ = try await redress.submit(
        "deny", "DenyRefund", #"{"refundId":"r1","reason":"Worn"}"#, actor: "agent/kim")
    }
    let refund = try #require(changes.first { $0.table == "refunds" })
    #expect(refund.kind == .inserted)
    #expect(refund.key == [.init("tenant", .string("acme")), .init("refund_id", .string("r1"))])
    #expect(refund.events.map(\.type) == ["RefundRequested", "RefundDenied"])
    #expect(refund.events.map { "\($0.actor)" } == ["customer/robin", "agent/kim"])
    #expect(refund.columns.first { $0.name == "status" }?.after == .string("denied"))
    // What was added to the pending ones and taken away again is nothing in the end, and counted.
    let totals = changes.filter { $0.table == "totals" }
    #expect(totals.map { $0.key[1].value } == [.string("denied"), .string("pending")])
    #expect(totals[0].events.map(\.type) == ["RefundDenied"])
  }

  @Test func `a value has what it was before and what it is now`() async throws {
    let changes = try await changes(
      before: { try await request("r1", $0) },
      { redress in
        _ = try await redress.submit(
          "deny", "DenyRefund", #"{"refundId":"r1","reason":"Worn"}"#, actor: "agent/kim")
        try await request("r2", redress)
      })
    let refund = try #require(changes.first { $0.table == "refunds" })
    #expect(refund.kind == .updated)
    let status = try #require(refund.columns.first { $0.name == "status" })
    #expect([status.before, status.after] == [.string("pending"), .string("denied")])
    let revision = try #require(refund.columns.first { $0.name == "revision" })
    #expect([revision.before, revision.after] == [.integer(0), .integer(1)])
    // What happened to another refund since is none of its events.
    #expect(refund.events.map(\.type) == ["RefundDenied"])
  }

  @Test func `a row that is replaced is updated, one whose key changes is another`() async throws {
    let changes = try await changes(of: LatestCase.self) { redress in
      let answer = try await redress.submit(
        "k2", "OpenCase",
        #"{"caseId":"k2","customerId":"robin","orderId":"o1","title":"T","type":"product"}"#,
        actor: "customer/robin")
      #expect(answer.isAccepted)
      try await request("r1", redress)
    }
    #expect(changes.map(\.table) == ["latest", "names", "names"])
    #expect(changes.map(\.kind) == [.updated, .deleted, .inserted])
    let column = try #require(changes[0].columns.first)
    #expect([column.before, column.after] == [.string("k1"), .string("k2")])
    #expect(changes[1].key == [.init("case_id", .string("k1"))])
    #expect(changes[2].key == [.init("case_id", .string("k2"))])
    // An event that writes what is there already changes nothing.
    for change in changes { #expect(change.events.map(\.type) == ["CaseOpened"]) }
  }

  @Test func `a row that is changed and changed back does not differ`() async throws {
    let changes = try await changes(of: Tenants.self) { redress in
      _ = try await redress.submit("s", "SuspendTenant", #"{"reason":"Unpaid"}"#)
      _ = try await redress.submit("u", "ReinstateTenant", "{}")
    }
    #expect(changes.map { $0.columns.map(\.name) } == [["revision"]])
    #expect(changes.first?.events.map(\.type) == ["TenantSuspended", "TenantReinstated"])
  }

  @Test func `between a point and itself nothing differs`() async throws {
    #expect(try await changes { _ in } == [])
  }

  private func request(_ id: String, _ redress: RunningRedress) async throws {
    let answer = try await redress.submit(
      "request-\(id)", "RequestRefund",
      #"{"refundId":"\#(id)","caseId":"k1","orderId":"o1","reason":"broken","#
        + #""items":[{"lineId":"1","quantity":1}]}"#, actor: "customer/robin")
    #expect(answer.isAccepted)
  }

  /// What the second part of a story changes.
  private func changes(
    of model: any ReadModel.Type = RefundQueue.self,
    before: (RunningRedress) async throws -> Void = { _ in },
    _ story: (RunningRedress) async throws -> Void
  ) async throws -> [RowChange] {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    redress.start(isPaying: false)
    try await redress.prepare()
    try await before(redress)
    let first = try point(redress)
    try await story(redress)
    let second = try point(redress)
    redress.stop()
    var changes: [RowChange] = []
    try ReadModelDifference(
      of: [model], from: first.extent, to: second.extent, logFolder: redress.logFolder,
      vault: redress.vault
    ).forEachChange { changes.append($0) }
    return changes
  }

  private func point(_ redress: RunningRedress) throws -> HistoryPoint {
    let last = Position(redress.log.durableEnd(of: Self.tenant).value - 1)
    return try HistoryPoint(
      upTo: .position(last), of: Self.tenant, logFolder: redress.logFolder)
  }
}

/// A read model that replaces a row, changes a key, and writes what is there already.
private enum LatestCase: ReadModel {
  static let name = "LatestCase"
  static let version = 1
  static let tables = """
    CREATE TABLE latest (tenant TEXT PRIMARY KEY, case_id TEXT NOT NULL) STRICT;
    CREATE TABLE names (case_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    """
  static let handlers = Handlers {
    on(CaseOpened.self) { event, row in
      let id = event.caseID.rawValue
      try row.database.run("INSERT OR REPLACE INTO latest VALUES (?, ?)", row.tenant, id)
      try row.database.run("UPDATE names SET case_id = ?", id)
      if row.database.changes == 0 { try row.database.run("INSERT INTO names VALUES (?)", id) }
    }
    on(RefundRequested.self) { _, row in
      try row.database.run("UPDATE latest SET case_id = case_id")
    }
  }
}
