// The account of sync jobs: each begins once, reports its progress, and ends once.

public import EventSourcing
import SQLite

/// Why something cannot be said of a sync job.
public enum SyncJobRefusal: Error, Sendable, Hashable {
  case unknown(SyncJobID)
  /// The id was used for a job that was to do something else.
  case otherJob(SyncJobID)
  case ended(SyncJobID, status: String)

  /// What is wrong, and what would be right.
  public var explanation: String {
    switch self {
    case .unknown(let id): "There is no sync job \(id). PUT /v1/sync-jobs/\(id) begins it."
    case .otherJob(let id):
      "The sync job \(id) was begun with another type or config. Use a new id for a new job."
    case .ended(let id, let status):
      "The sync job \(id) is over: it ended as \(status). Begin a new one."
    }
  }
}

extension OperationalRecords {
  /// Begins a job; the same one again changes nothing.
  ///
  /// - Returns: the job, and whether it was begun now.
  /// - Throws: ``SyncJobRefusal/otherJob(_:)``.
  public func begin(
    _ order: SyncJobOrder, as id: SyncJobID, tenant: TenantID, at now: Timestamp
  ) throws -> (job: SyncJob, isNew: Bool) {
    try transaction { database in
      if let known = try Self.job(id, tenant: tenant, at: now, in: database) {
        guard known.order == order else { throw SyncJobRefusal.otherJob(id) }
        return (known, false)
      }
      let job = SyncJob(
        id: id, order: order, progress: SyncProgress(), startedAt: now, updatedAt: now,
        expiresAt: RecordKind.syncJobs.expiry(from: now))
      try Self.write(job, tenant: tenant, to: database)
      return (job, true)
    }
  }

  /// - Throws: ``SyncJobRefusal`` for a job that is not there or not running.
  public func report(
    _ progress: SyncProgress, of id: SyncJobID, tenant: TenantID, at now: Timestamp
  ) throws -> SyncJob {
    try change(id, tenant: tenant, at: now) { job in
      if let end = job.end { throw SyncJobRefusal.ended(id, status: end.status.rawValue) }
      job.progress = progress
    }
  }

  /// Ends a job; the same end again changes nothing.
  ///
  /// - Throws: ``SyncJobRefusal`` for a job that is not there or ended otherwise.
  public func finish(
    _ id: SyncJobID, with end: SyncJobEnd, tenant: TenantID, at now: Timestamp
  ) throws -> SyncJob {
    try change(id, tenant: tenant, at: now) { job in
      if let known = job.end, known != end {
        throw SyncJobRefusal.ended(id, status: known.status.rawValue)
      }
      if job.end == nil { job.completedAt = now }
      job.end = end
    }
  }

  public func syncJob(_ id: SyncJobID, tenant: TenantID, at now: Timestamp) throws -> SyncJob? {
    try transaction { try Self.job(id, tenant: tenant, at: now, in: $0) }
  }

  /// The newest first.
  ///
  /// - Parameter status: one of ``SyncJob/statuses``, or `nil` for all.
  public func syncJobs(
    tenant: TenantID, status: String?, limit: Int, at now: Timestamp
  ) throws -> [SyncJob] {
    try transaction { database in
      try database.rows(
        """
        SELECT \(Self.jobColumns) FROM sync_jobs
        WHERE tenant = ? AND expires_at > ? AND (?3 IS NULL OR status = ?3)
        ORDER BY started_at DESC, job_id LIMIT ?4
        """, tenant.rawValue, now.description, status, limit, row: Self.job)
    }
  }

  private func change(
    _ id: SyncJobID, tenant: TenantID, at now: Timestamp,
    _ body: @Sendable (inout SyncJob) throws -> Void
  ) throws -> SyncJob {
    try transaction { database in
      guard var job = try Self.job(id, tenant: tenant, at: now, in: database) else {
        throw SyncJobRefusal.unknown(id)
      }
      let before = job
      try body(&job)
      if job == before { return job }
      job.updatedAt = now
      job.expiresAt = RecordKind.syncJobs.expiry(from: now)
      try Self.write(job, tenant: tenant, to: database)
      return job
    }
  }

  // MARK: Rows

  private static let jobColumns = """
    job_id, type, days_back, include_fulfillments, total, processed, failed, status, error_details,
    started_at, updated_at, completed_at, expires_at
    """

  private static func job(
    _ id: SyncJobID, tenant: TenantID, at now: Timestamp, in database: Database
  ) throws -> SyncJob? {
    try database.row(
      "SELECT \(jobColumns) FROM sync_jobs WHERE tenant = ? AND job_id = ? AND expires_at > ?",
      tenant.rawValue, id.rawValue, now.description, row: job)
  }

  private static func job(_ row: Statement) -> SyncJob {
    SyncJob(
      id: SyncJobID(unchecked: row.text(0)),
      order: SyncJobOrder(
        type: SyncJobOrder.Kind(rawValue: row.text(1)) ?? .fullSync, daysBack: row.optionalInt(2),
        includeFulfillments: row.int(3) != 0),
      progress: SyncProgress(
        total: row.optionalInt(4), processed: row.int(5), failed: row.int(6)),
      end: SyncJobEnd.Status(rawValue: row.text(7)).map {
        SyncJobEnd(status: $0, errorDetails: row.optionalText(8))
      },
      startedAt: time(row, 9), updatedAt: time(row, 10),
      completedAt: row.optionalText(11).flatMap { Timestamp($0) }, expiresAt: time(row, 12))
  }

  private static func write(_ job: SyncJob, tenant: TenantID, to database: Database) throws {
    try database.run(
      "INSERT OR REPLACE INTO sync_jobs (tenant, \(jobColumns)) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      tenant.rawValue, job.id.rawValue, job.order.type.rawValue, job.order.daysBack,
      job.order.includeFulfillments ? 1 : 0, job.progress.total, job.progress.processed,
      job.progress.failed, job.status, job.end?.errorDetails, job.startedAt.description,
      job.updatedAt.description, job.completedAt?.description, job.expiresAt.description)
  }
}
