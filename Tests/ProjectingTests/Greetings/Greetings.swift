// A read model that exists only as this folder: what a new one needs, and nothing else.

import EventSourcing
import Events
import HTML
import Projecting
import Routing
import SQLite

/// The titles of cases, by case.
enum Greetings: ReadModel {
  static let name = "Greetings"
  static let version = 1

  static let tables = """
    CREATE TABLE greetings (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, title TEXT NOT NULL, severity TEXT NOT NULL,
      order_id TEXT, is_urgent INTEGER NOT NULL, tags TEXT NOT NULL,
      revision INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, case_id)
    ) STRICT, WITHOUT ROWID;
    """
  static let indexes = "CREATE INDEX greetings_by_title ON greetings (tenant, title);"

  static let streams = [StreamTable("case", table: "greetings", id: "case_id")]

  static let handlers = Handlers {
    on(CaseOpened.self) { event, row in
      try row.database.run(
        """
        INSERT INTO greetings (tenant, case_id, title, severity, order_id, is_urgent, tags)
        VALUES (?, ?, ?, ?, ?, ?, '["new"]')
        """, row.tenant, event.caseID.rawValue, event.title, event.severity.rawValue,
        event.orderID?.rawValue, event.severity == .urgent ? 1 : 0)
    }
  }

  private static let caseID = Parameter.path("caseId", as: CaseID.self)

  static func routes(_ models: any ReadModelReader) -> [Route] {
    [
      Route(
        .get, "/v1/greetings/{caseId}", "One greeting.", tenant: .query, reads: [name],
        parameters: [caseID],
        answers: [.json("Greeting", .row(GreetingRow.self)), .problem(.notFound)]
      ) { call in
        let row = try models.read(Greetings.self) {
          try greeting(call[caseID], call.tenant, in: $0)
        }
        guard let row else { throw Problem.notFound("There is no greeting \(call[caseID]).") }
        return .json(row.json)
      },
      .page(
        "/tenants/{tenant}/greetings/{caseId}", "One greeting.", reads: [name],
        permission: .readCases, parameters: [caseID]
      ) { call in
        let row = try models.read(Greetings.self) {
          try greeting(call[caseID], call.tenant, in: $0)
        }
        return .page(Page(title: "Greeting", body: "<h1>Hello, \(row?.title ?? "")</h1>"))
      },
    ]
  }

  static func greeting(
    _ id: CaseID, _ tenant: TenantID, in database: Database
  ) throws -> GreetingRow? {
    try database.row(
      GreetingRow.self, "WHERE tenant = ? AND case_id = ?", tenant.rawValue, id.rawValue)
  }
}

struct GreetingRow: Row, Hashable {
  struct About: Codable, Hashable {
    var title: String
    var severity: String
  }

  static let table = "greetings"
  static let expressions = [
    "about.title": "title", "about.severity": "severity", "length": "length(title)",
  ]
  static let shapes = ["tags": JSONShape.list(.text)]

  var caseID: String
  var about: About
  var orderID: String?
  var isUrgent: Bool
  var length: Int
  var tags: JSONText
  var revision: Int

  var title: String { about.title }
}
