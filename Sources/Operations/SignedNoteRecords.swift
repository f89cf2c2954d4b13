// The newest signed checkpoint of each tenant as bytes, beside the log's folder, which has it
// twice. What must hold: it does not expire, and it is durable when the call returns.

public import EventSourcing
import SQLite

extension OperationalRecords {
  /// The tenants of which a checkpoint is kept, by name.
  public func tenantsWithCheckpoint() throws -> [TenantID] {
    try transaction { database in
      try database.texts("SELECT tenant FROM signed_checkpoints ORDER BY tenant")
        .map { TenantID(unchecked: $0) }
    }
  }

  /// The signed note that was kept last; `nil` before the first.
  public func checkpoint(of tenant: TenantID) throws -> [UInt8]? {
    try transaction { database in
      try database.text("SELECT note FROM signed_checkpoints WHERE tenant = ?", tenant.rawValue)
        .map { Array($0.utf8) }
    }
  }

  /// Keeps a signed note in place of the one before.
  public func keepCheckpoint(_ note: [UInt8], of tenant: TenantID) throws {
    try transaction { database in
      try database.run(
        "INSERT OR REPLACE INTO signed_checkpoints VALUES (?, ?)", tenant.rawValue,
        String(decoding: note, as: UTF8.self))
    }
  }
}
