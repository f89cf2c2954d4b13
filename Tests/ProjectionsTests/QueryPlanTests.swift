// Every query of every read model has an index: none reads a whole table, except a tiny one that is
// named here with the reason. The routes are run on a small history, each with every parameter, and
// so is every handler; SQLite says how it would run each of their statements.

import EventLog
import EventSourcing
import Events
import Projecting
import Projections
import Routing
import RunningRedress
import SQLite
import Synchronization
import Testing

struct `Every query of every read model` {
  /// Tables that a statement may read from end to end.
  private static let tiny = [
    "Tenants tenants": "has one row for each tenant, and the front page lists them",
    "Notifications tenants": "has one row for each tenant, and each may have messages to send",
  ]

  /// What parameters of paths name in the history below.
  private static let named = [
    "tenant": "acme", "refundId": "r1", "caseId": "k1", "customerId": "robin", "orderId": "o1",
    "returnId": "ret1", "holdId": "h1",
  ]

  /// What parameters of queries name there. Each parameter has other valid values besides.
  private static let values = ["customer": ["robin"], "order": ["o1"], "email": ["robin@"]]

  /// What can become of the legs of the refund `r2`, in an order that is possible.
  private static let outcomes: [(type: String, data: String)] = [
    ("ExecuteRefund", #"{"refundId":"r2"}"#),
    ("RecordRefundAccepted", #"{"refundId":"r2","attempt":1,"reason":"pending"}"#),
    (
      "RecordRefundExecuted",
      #"{"refundId":"r2","attempt":1,"paymentId":"pay_1","settlementReference":"ref"}"#
    ),
    (
      "RecordRefundFailed",
      #"{"refundId":"r2","attempt":1,"paymentId":"pay_2","code":"declined","reason":"closed"}"#
    ),
    ("CancelRefund", #"{"refundId":"r2"}"#),
    (
      "RecordRefundReturned",
      #"{"refundId":"r2","paymentId":"pay_1","attempt":1,"reason":"closed"}"#
    ),
    ("ExecuteRefund", #"{"refundId":"r2"}"#),
    ("RecordRefundOutcomeUnknown", #"{"refundId":"r2","attempt":2,"reason":"no answer"}"#),
    (
      "ReconcileRefund",
      #"{"refundId":"r2","attempt":2,"outcome":"failed","reason":"not in the books"}"#
    ),
    ("CancelRefund", #"{"refundId":"r2"}"#),
  ]

  @Test func `reads by an index`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    try await redress.requestAndApprove()
    _ = redress.projections.catchUp(to: redress.log.durableEnd)
    let plans = PlanReader(folder: redress.folder + "/read-models")
    for model in readModels {
      for route in model.routes(plans) {
        for path in Self.paths(of: route) {
          do { _ = try await plans.get(path, tenant: "acme", models: [model]) } catch is Problem {
            // Not found, or another status than the route has: its queries ran all the same.
          }
        }
      }
    }
    let scans = plans.scans.filter { Self.tiny[$0.key] == nil }
    #expect(scans.isEmpty, "\(scans)")
    #expect(plans.statementCount > 30)
    redress.stop()
  }

  @Test func `changes by an index`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    try await redress.requestAndApprove()
    try await redress.approveTwoLegs("r2")
    for (number, step) in Self.outcomes.enumerated() {
      let answer = try await redress.submit(
        "step-\(number)", step.type, step.data, actor: "system/refund-execution")
      #expect(answer.isAccepted, "\(step.type): \(answer)")
    }
    let history = try redress.history()
    for model in readModels {
      let database = try Database(path: ":memory:", mode: .readWrite)
      try database.execute(model.schema)
      let statements = Statements()
      database.onPrepare = { statements.note($0) }
      for event in history { try model.apply(event, to: database) }
      database.onPrepare = nil
      for sql in statements.all {
        let scanned = try scannedTables(sql, in: database)
        #expect(scanned.isEmpty, "\(model.name): \(sql)")
      }
    }
    redress.stop()
  }

  /// The path alone, and with each value of each of its query's parameters.
  private static func paths(of route: Route) -> [String] {
    let path = route.target(named)
    let queries = route.parameters.map(\.declaration).filter { $0.place == .query }
    return [path]
      + queries.flatMap { declaration in
        (values[declaration.name, default: []] + declaration.someValues)
          .map { "\(path)?\(declaration.name)=\($0)" }
      }
  }
}

private final class Statements {
  private(set) var all: Set<String> = []

  func note(_ sql: String) { all.insert(sql) }
}

/// Reads the rows that routes ask for, and keeps the plans of their statements.
private final class PlanReader: ReadModelReader {
  private let folder: String
  private let found = Mutex<(scans: [String: String], statements: Set<String>)>(([:], []))

  init(folder: String) { self.folder = folder }

  /// By read model and table, a statement that reads the whole table.
  var scans: [String: String] { found.withLock { $0.scans } }
  var statementCount: Int { found.withLock { $0.statements.count } }

  func read<R>(_ model: any ReadModel.Type, _ body: (Database) throws -> R) throws -> R {
    let database = try Database(
      path: ProjectionRuntime.path(of: model, in: folder), mode: .readOnly)
    let statements = Statements()
    database.onPrepare = { statements.note($0) }
    defer { database.onPrepare = nil }
    let result = Result { try body(database) }
    database.onPrepare = nil
    for sql in statements.all {
      let tables = try scannedTables(sql, in: database)
      found.withLock { found in
        found.statements.insert(sql)
        for table in tables { found.scans["\(model.name) \(table)"] = sql }
      }
    }
    return try result.get()
  }
}

/// The names that statements give their subqueries, which read their own tables by an index.
private let namedSubqueries: Set = ["renumbered"]

/// The tables that a statement reads from end to end.
private func scannedTables(_ sql: String, in database: Database) throws -> [String] {
  let steps = try database.rows("EXPLAIN QUERY PLAN \(sql)", row: { $0.text(3) })
  return steps.compactMap { step in
    let words = step.split(separator: " ")
    // Subqueries and constants have no name of a table: `SCAN (subquery-2)`, `SCAN CONSTANT ROW`.
    guard words.count >= 2, words[0] == "SCAN", words[1] != "CONSTANT", !words[1].hasPrefix("("),
      !namedSubqueries.contains(String(words[1]))
    else { return nil }
    return String(words[1])
  }
}
