// The policies of each tenant in their newest version, with the one that is active. What must hold:
// at most one policy of a tenant is active.

import Events
import JSON
public import Projecting
public import Routing
import SQLite

/// The newest version of every policy.
public enum Policies: ReadModel {
  public static let name = "Policies"
  public static let version = 1

  public static let tables = """
    CREATE TABLE policies (
      tenant TEXT NOT NULL, policy_id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL,
      sha256 TEXT NOT NULL, is_active INTEGER NOT NULL, defined_at TEXT NOT NULL,
      position INTEGER NOT NULL, policy TEXT NOT NULL,
      PRIMARY KEY (tenant, policy_id)
    ) STRICT, WITHOUT ROWID;
    """

  public static let handlers = Handlers {
    on(PolicyDefined.self) { event, row in
      var policy: [UInt8] = []
      event.policy.writeJSON(to: &policy)
      try row.database.run(
        "INSERT OR REPLACE INTO policies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row.tenant,
        event.policy.policyID.rawValue, Int(event.policy.version), event.policy.name,
        event.sha256.rawValue, event.active ? 1 : 0, row.time, row.position,
        String(decoding: policy, as: UTF8.self))
    }
    on(PolicyActivated.self) { event, row in try set(event.policy, isActive: true, row) }
    on(PolicyDeactivated.self) { event, row in try set(event.policy, isActive: false, row) }
  }

  private static func set(
    _ policy: PolicyReference, isActive: Bool, _ row: PlainWriter
  ) throws {
    try row.database.run(
      "UPDATE policies SET is_active = ? WHERE tenant = ? AND policy_id = ?", isActive ? 1 : 0,
      row.tenant, policy.policyID.rawValue)
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    PolicyRoutes(models: models).all
  }
}
