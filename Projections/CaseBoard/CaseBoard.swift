// The case board: every support case as it stands, and its timeline. It answers a customer's cases by
// status, and the cases of an order.

import EventSourcing
public import Events
public import Projecting
public import SQLite

/// Every support case as it stands, with its timeline.
public enum CaseBoard: Projector {
  public static let name = "CaseBoard"
  public static let version = 2
  public static let eventTypes: Set<String> = [
    "CaseOpened", "CaseAssigned", "CaseStatusChanged", "CaseSeverityChanged",
    "CaseRefundRequested", "CaseResolved", "CaseReopened", "CaseClosed",
    "CaseHoldApplied", "CaseHoldEnded", "ChargebackOpened", "ChargebackRepresented",
    "ChargebackEnded",
  ]

  public static let schema = """
    CREATE TABLE cases (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, position INTEGER NOT NULL,
      customer_id TEXT NOT NULL, order_id TEXT, title TEXT NOT NULL, type TEXT NOT NULL,
      subtype TEXT, severity TEXT NOT NULL, status TEXT NOT NULL, owner TEXT,
      reason_code TEXT, opened_at TEXT NOT NULL, updated_at TEXT NOT NULL, closed_at TEXT,
      PRIMARY KEY (tenant, case_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cases_by_customer ON cases (tenant, customer_id, status, position);
    CREATE INDEX cases_by_order ON cases (tenant, order_id, position);
    CREATE INDEX cases_by_status ON cases (tenant, status, position);

    CREATE TABLE case_timeline (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, position INTEGER NOT NULL,
      time TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, note TEXT,
      PRIMARY KEY (tenant, case_id, position)
    ) STRICT, WITHOUT ROWID;
    """

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let tenant = recorded.tenant.rawValue
    let time = recorded.time.description

    func update(_ id: CaseID, _ column: String, _ value: String, _ note: String?) throws {
      try database.run(
        "UPDATE cases SET \(column) = ?, updated_at = ? WHERE tenant = ? AND case_id = ?", value,
        time, tenant, id.rawValue)
      try self.note(id, note, recorded, database)
    }

    switch recorded.event {
    case .caseOpened(let event):
      try database.run(
        """
        INSERT INTO cases (tenant, case_id, position, customer_id, order_id, title, type, subtype,
          severity, status, reason_code, opened_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)
        """, tenant, event.caseID.rawValue, Int(recorded.position.value),
        event.customerID.rawValue, event.orderID?.rawValue, event.title, event.type.rawValue,
        event.subtype, event.severity.rawValue, event.reasonCode, time, time)
      try note(event.caseID, event.title, recorded, database)
    case .caseAssigned(let event):
      try update(event.caseID, "owner", event.owner.rawValue, "to \(event.owner)")
    case .caseStatusChanged(let event):
      try update(event.caseID, "status", event.to.rawValue, event.to.rawValue)
    case .caseSeverityChanged(let event):
      try update(event.caseID, "severity", event.to.rawValue, event.to.rawValue)
    case .caseRefundRequested(let event):
      try note(event.caseID, event.refundID.rawValue, recorded, database)
    case .caseHoldApplied(let event):
      try note(event.caseID, event.holdID.rawValue, recorded, database)
    case .caseHoldEnded(let event):
      try note(
        event.caseID, "\(event.holdID) \(event.isExpired ? "expired" : "released")", recorded,
        database)
    case .chargebackOpened(let event):
      try note(
        event.caseID,
        "\(event.chargebackID): \(money(event.amount, event.currency.rawValue)), \(event.reason)",
        recorded, database)
    case .chargebackRepresented(let event):
      try note(
        event.caseID, "\(event.chargebackID), pieces of evidence: \(event.evidence.count)",
        recorded, database)
    case .chargebackEnded(let event):
      try note(
        event.caseID, "\(event.chargebackID) \(event.outcome.rawValue)", recorded, database)
    case .caseResolved(let event):
      try update(event.caseID, "status", event.resolution.rawValue, event.note)
    case .caseReopened(let event):
      try update(event.caseID, "status", CaseStatus.investigating.rawValue, event.reason)
    case .caseClosed(let event):
      try update(event.caseID, "status", CaseStatus.closed.rawValue, nil)
      try database.run(
        "UPDATE cases SET closed_at = ? WHERE tenant = ? AND case_id = ?", time, tenant,
        event.caseID.rawValue)
    default: break
    }
  }

  private static func note(
    _ id: CaseID, _ note: String?, _ recorded: RecordedEvent, _ database: Database
  ) throws {
    try database.run(
      "INSERT INTO case_timeline VALUES (?, ?, ?, ?, ?, ?, ?)", recorded.tenant.rawValue,
      id.rawValue, Int(recorded.position.value), recorded.time.description, recorded.event.type,
      recorded.actor.rawValue, note)
  }
}
