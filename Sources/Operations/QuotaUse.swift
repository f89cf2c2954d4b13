// What each tenant has of what is counted. The table `quota_use` has a row for each tenant and
// quota; triggers keep those of drafts and webhooks, so that no statement that adds or removes one
// is missed.
//
// - Evidence is counted before it is stored and given back where storing it fails: a crash in
//   between counts a piece too many, and a piece that is there after an error one too few.
// - A file without a count, such as a new one beside old evidence, counts what is there once.

public import EventSourcing
import SQLite
import Synchronization

/// What one tenant has of one thing.
public struct QuotaUse: Sendable, Hashable {
  public var tenant: TenantID
  public var quota: Quota
  public var amount: Int

  public init(tenant: TenantID, quota: Quota, amount: Int) {
    (self.tenant, self.quota, self.amount) = (tenant, quota, amount)
  }
}

/// The quotas that count, and how often each kept something out.
struct QuotaState {
  var quotas = TenantQuotas()
  var exceeded: [Quota: UInt64] = [:]
}

extension OperationalRecords {
  public func apply(_ quotas: TenantQuotas) { quotaState.withLock { $0.quotas = quotas } }

  public var quotas: TenantQuotas { quotaState.withLock { $0.quotas } }

  /// How often each quota kept something out since the process started.
  public var exceededCounts: [Quota: UInt64] { quotaState.withLock { $0.exceeded } }

  /// What all tenants have.
  public func quotaUse() throws -> [QuotaUse] {
    try transaction { database in
      try database.rows(
        "SELECT tenant, quota, amount FROM quota_use WHERE amount > 0",
        row: { row in
          Quota(rawValue: row.text(1)).map {
            QuotaUse(tenant: TenantID(unchecked: row.text(0)), quota: $0, amount: row.int(2))
          }
        }
      ).compactMap(\.self)
    }
  }

  /// Keeps a piece of evidence, unless it is too much for its tenant.
  ///
  /// - Parameter keep: stores it; `nil` where it was not.
  /// - Throws: ``QuotaExceeded``, and what `keep` throws; then nothing is counted.
  public func countEvidence<R>(
    byteCount: Int, of tenant: TenantID, keep: () throws -> R?
  ) throws -> R? {
    try counting {
      try transaction {
        try self.requireRoom(for: .evidenceBytes, byteCount, of: tenant, in: $0)
        try Self.add(byteCount, to: .evidenceBytes, of: tenant, in: $0)
      }
    }
    var isKept = false
    defer {
      if !isKept {
        try? transaction { try Self.add(-byteCount, to: .evidenceBytes, of: tenant, in: $0) }
      }
    }
    let result = try keep()
    isKept = result != nil
    return result
  }

  /// Begins to count evidence with what is there; does nothing where that has begun.
  public func beginEvidenceCount(with present: () throws -> [TenantID: Int]) throws {
    let hasBegun = try transaction { database in
      try database.row("SELECT begun FROM evidence_count_begun", row: { _ in true }) ?? false
    }
    if hasBegun { return }
    let present = try present()
    try transaction { database in
      for (tenant, byteCount) in present {
        try Self.add(byteCount, to: .evidenceBytes, of: tenant, in: database)
      }
      try database.execute("INSERT OR IGNORE INTO evidence_count_begun VALUES (1)")
    }
  }

  /// - Throws: ``QuotaExceeded`` where so much more would be too much.
  func requireRoom(
    for quota: Quota, _ amount: Int = 1, of tenant: TenantID, in database: Database
  ) throws {
    let used =
      try database.row(
        "SELECT amount FROM quota_use WHERE tenant = ? AND quota = ?", tenant.rawValue,
        quota.rawValue, row: { $0.int(0) }) ?? 0
    let limit = quotas[quota]
    guard used + amount > limit else { return }
    throw QuotaExceeded(quota, of: tenant, used: used, limit: limit)
  }

  /// Stores a record; where there is no room, once more after those whose time is over are gone.
  func makingRoom<R>(at now: Timestamp, _ store: () throws -> R) throws -> R {
    try counting {
      do { return try store() } catch let full as QuotaExceeded {
        guard try !expire(at: now).isEmpty else { throw full }
        return try store()
      }
    }
  }

  /// Counts it where a quota keeps something out.
  private func counting<R>(_ store: () throws -> R) throws -> R {
    do { return try store() } catch let full as QuotaExceeded {
      quotaState.withLock { $0.exceeded[full.quota, default: 0] += 1 }
      throw full
    }
  }

  private static func add(
    _ amount: Int, to quota: Quota, of tenant: TenantID, in database: Database
  ) throws {
    try database.run(
      """
      INSERT INTO quota_use VALUES (?1, ?2, max(0, ?3))
      ON CONFLICT (tenant, quota) DO UPDATE SET amount = max(0, amount + ?3)
      """, tenant.rawValue, quota.rawValue, amount)
  }
}
