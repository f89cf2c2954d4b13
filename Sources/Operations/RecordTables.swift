// The tables of `operations.sqlite`. What must hold: a migration that was ever released does not
// change; a new one is added at the end, and the file's version (PRAGMA user_version) is how many
// it has had.

/// What kinds of records there are, and how long each lives.
public enum RecordKind: String, CaseIterable, Sendable {
  case drafts
  case webhooks
  case syncJobs = "sync_jobs"

  /// In seconds since the record was last written.
  public var lifeSeconds: Int64 {
    switch self {
    case .drafts: 12 * 3600
    case .webhooks: 90 * 86_400
    case .syncJobs: 30 * 86_400
    }
  }

  /// The column that says since when a record is what it is.
  var since: String { self == .webhooks ? "received_at" : "updated_at" }
}

enum RecordTables {
  /// Times are texts like `2026-01-16T10:00:00.123456Z`, which sort as times do.
  static let migrations = [
    """
    CREATE TABLE drafts (
      tenant TEXT NOT NULL, draft_id TEXT NOT NULL, order_id TEXT NOT NULL, customer_id TEXT,
      customer_email TEXT, status TEXT NOT NULL, draft TEXT NOT NULL, created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL, expires_at TEXT NOT NULL,
      PRIMARY KEY (tenant, draft_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX drafts_by_expiry ON drafts (expires_at);

    CREATE TABLE webhooks (
      webhook_id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, source TEXT NOT NULL,
      topic TEXT NOT NULL, event_id TEXT, digest TEXT NOT NULL, payload BLOB NOT NULL,
      deliveries INTEGER NOT NULL DEFAULT 1, received_at TEXT NOT NULL, expires_at TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX webhooks_by_digest ON webhooks (tenant, source, topic, digest);
    CREATE UNIQUE INDEX webhooks_by_event ON webhooks (tenant, source, topic, event_id)
      WHERE event_id IS NOT NULL;
    CREATE INDEX webhooks_of_tenant ON webhooks (tenant, webhook_id);
    CREATE INDEX webhooks_by_expiry ON webhooks (expires_at);

    CREATE TABLE sync_jobs (
      tenant TEXT NOT NULL, job_id TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,
      days_back INTEGER, include_fulfillments INTEGER NOT NULL, total INTEGER,
      processed INTEGER NOT NULL, failed INTEGER NOT NULL, error_details TEXT,
      started_at TEXT NOT NULL, updated_at TEXT NOT NULL, completed_at TEXT,
      expires_at TEXT NOT NULL,
      PRIMARY KEY (tenant, job_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sync_jobs_by_expiry ON sync_jobs (expires_at);
    CREATE INDEX sync_jobs_newest ON sync_jobs (tenant, started_at);
    """,
    """
    -- for each tenant, the first event whose notices were not delivered
    CREATE TABLE notification_cursors (
      tenant TEXT PRIMARY KEY, next_position INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- whether telling people has begun; a tenant without a cursor came later
    CREATE TABLE notifications_begun (begun INTEGER PRIMARY KEY CHECK (begun = 1)) STRICT;
    """,
    """
    -- the newest signed note of each tenant, for the case that the log's folder loses it
    CREATE TABLE signed_checkpoints (
      tenant TEXT PRIMARY KEY, note TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE quota_use (
      tenant TEXT NOT NULL, quota TEXT NOT NULL, amount INTEGER NOT NULL,
      PRIMARY KEY (tenant, quota)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO quota_use SELECT tenant, 'drafts', count(*) FROM drafts GROUP BY tenant;
    INSERT INTO quota_use SELECT tenant, 'webhooks', count(*) FROM webhooks GROUP BY tenant;
    CREATE TRIGGER draft_added AFTER INSERT ON drafts BEGIN
      INSERT INTO quota_use VALUES (new.tenant, 'drafts', 1)
        ON CONFLICT (tenant, quota) DO UPDATE SET amount = amount + 1;
    END;
    CREATE TRIGGER draft_removed AFTER DELETE ON drafts BEGIN
      UPDATE quota_use SET amount = amount - 1 WHERE tenant = old.tenant AND quota = 'drafts';
    END;
    CREATE TRIGGER webhook_added AFTER INSERT ON webhooks BEGIN
      INSERT INTO quota_use VALUES (new.tenant, 'webhooks', 1)
        ON CONFLICT (tenant, quota) DO UPDATE SET amount = amount + 1;
    END;
    CREATE TRIGGER webhook_removed AFTER DELETE ON webhooks BEGIN
      UPDATE quota_use SET amount = amount - 1 WHERE tenant = old.tenant AND quota = 'webhooks';
    END;
    -- whether the evidence that was there is in quota_use
    CREATE TABLE evidence_count_begun (begun INTEGER PRIMARY KEY CHECK (begun = 1)) STRICT;
    """,
  ]
}
