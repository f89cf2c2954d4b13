// What is known of the histories themselves: what the last audit of each tenant found, which read
// models were rebuilt from the log and when, who opened or was handed what, and what operators did.
// It follows the tenant `_system` (T3).

import EventSourcing
import Events
public import Projecting
public import Routing
import SQLite

/// The results of audits and the log of accesses.
public enum Audits: ReadModel {
  public static let name = "Audits"
  public static let version = 1

  public static let tables = """
    CREATE TABLE audits (
      tenant TEXT PRIMARY KEY, event_count INTEGER NOT NULL, signed_count INTEGER,
      build TEXT NOT NULL, rules_version INTEGER NOT NULL, finding_count INTEGER NOT NULL,
      audited_at TEXT NOT NULL, audited_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE control_outcomes (
      tenant TEXT NOT NULL, number INTEGER NOT NULL, control TEXT NOT NULL,
      examined INTEGER NOT NULL, findings INTEGER NOT NULL,
      PRIMARY KEY (tenant, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE findings (
      tenant TEXT NOT NULL, number INTEGER NOT NULL, control TEXT NOT NULL,
      positions TEXT NOT NULL, sentence TEXT NOT NULL,
      PRIMARY KEY (tenant, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE verified_projections (
      tenant TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, up_to INTEGER NOT NULL,
      digest TEXT NOT NULL, verified_at TEXT NOT NULL,
      PRIMARY KEY (tenant, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE accesses (
      tenant TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL,
      reason TEXT, way TEXT NOT NULL, accessed_by TEXT NOT NULL, uid INTEGER NOT NULL,
      accessed_at TEXT NOT NULL,
      PRIMARY KEY (tenant, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE operator_actions (
      tenant TEXT NOT NULL, position INTEGER NOT NULL, action TEXT NOT NULL, what TEXT NOT NULL,
      acted_by TEXT NOT NULL, uid INTEGER NOT NULL, acted_at TEXT NOT NULL,
      PRIMARY KEY (tenant, position)
    ) STRICT, WITHOUT ROWID;
    """

  public static let handlers = Handlers(AuditWriter.self) {
    on(AuditCompleted.self) { event, row in try row.replace(event) }
    on(ProjectionVerified.self) { event, row in
      try row.database.run(
        "INSERT OR REPLACE INTO verified_projections VALUES (?, ?, ?, ?, ?, ?)", row.tenant,
        event.name, event.version, event.upTo, event.digest.rawValue, row.time)
    }
    on(DataAccessed.self) { event, row in
      try row.database.run(
        "INSERT INTO accesses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", event.tenant.rawValue,
        row.position, event.kind.rawValue, event.what, event.reason, event.way.rawValue,
        event.by.rawValue, row.uid, row.time)
    }
    on(OperatorActed.self) { event, row in
      try row.database.run(
        "INSERT INTO operator_actions VALUES (?, ?, ?, ?, ?, ?, ?)", row.tenant, row.position,
        event.action.rawValue, event.what, event.by.rawValue, row.uid, row.time)
    }
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    AuditRoutes(models: models).all
  }
}

/// Writes what events of the service itself change.
struct AuditWriter: RowWriter {
  var recorded: RecordedEvent
  var database: Database

  var uid: Int { Int(recorded.peerUID) }

  /// Puts the result of an audit in the place of the one before.
  func replace(_ event: AuditCompleted) throws {
    let tenant = event.tenant.rawValue
    for table in ["control_outcomes", "findings"] {
      try database.run("DELETE FROM \(table) WHERE tenant = ?", tenant)
    }
    try database.run(
      "INSERT OR REPLACE INTO audits VALUES (?, ?, ?, ?, ?, ?, ?, ?)", tenant, event.eventCount,
      event.signedCount, event.build, event.rulesVersion,
      event.controls.reduce(0) { $0 + $1.findings }, time, event.by.rawValue)
    for (number, outcome) in event.controls.enumerated() {
      try database.run(
        "INSERT INTO control_outcomes VALUES (?, ?, ?, ?, ?)", tenant, number, outcome.control,
        outcome.examined, outcome.findings)
    }
    for (number, finding) in event.findings.enumerated() {
      let positions = finding.positions.map { "\($0)" }.joined(separator: ",")
      try database.run(
        "INSERT INTO findings VALUES (?, ?, ?, ?, ?)", tenant, number, finding.control,
        "[\(positions)]", finding.sentence)
    }
  }
}
