// The tables of the due work: the entries, and the fields of tenants, refunds, returns and targets
// that determine them. Rows of finished refunds and returns are deleted.

extension DueWork {
  public static let tables = """
    -- the last sequence number that an entry was given
    CREATE TABLE sequences (
      id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL
    ) STRICT;

    -- due_at: NULL is at once; cause: the event that it follows from; resumption: the event since
    -- then that may let pass what was refused before
    CREATE TABLE work (
      tenant TEXT NOT NULL, subject TEXT NOT NULL, manager TEXT NOT NULL, part TEXT NOT NULL,
      sequence INTEGER NOT NULL, due_at TEXT, cause INTEGER NOT NULL, resumption INTEGER,
      PRIMARY KEY (tenant, subject, manager, part)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX work_by_sequence ON work (manager, sequence);
    CREATE INDEX work_by_due_time ON work (manager, due_at, sequence) WHERE due_at IS NOT NULL;

    -- active_since: the event that registered it or ended its last suspension or import;
    -- settings_changed: the event that last changed what a policy may approve (R5)
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, is_suspended INTEGER NOT NULL DEFAULT 0,
      is_importing INTEGER NOT NULL DEFAULT 0, active_since INTEGER NOT NULL,
      settings_changed INTEGER NOT NULL DEFAULT 0, currency TEXT NOT NULL,
      auto_approve_limit INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- status_position: the event that brought it into its status; attempt_position: the event that
    -- started its last attempt; claims_changed: the event that
    -- last changed what chargebacks claim of its order, or what covers it (B1)
    CREATE TABLE refunds (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, order_id TEXT NOT NULL,
      status TEXT NOT NULL, status_position INTEGER NOT NULL, currency TEXT NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0, attempt_position INTEGER NOT NULL DEFAULT 0,
      is_started_by_hand INTEGER NOT NULL DEFAULT 0,
      is_imported INTEGER NOT NULL DEFAULT 0,
      claims_changed INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, refund_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX refunds_by_order ON refunds (tenant, order_id);

    -- what each attempt asked for by each payment; the last attempt of a payment counts
    CREATE TABLE refund_legs (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, payment_id TEXT NOT NULL,
      attempt INTEGER NOT NULL, number INTEGER NOT NULL, provider TEXT, amount INTEGER NOT NULL,
      idempotency_key TEXT NOT NULL, state TEXT NOT NULL, failure_code TEXT,
      PRIMARY KEY (tenant, refund_id, payment_id, attempt)
    ) STRICT, WITHOUT ROWID;

    -- refund_position: the event that requested its last refund, or withdrew it; order_changed: the
    -- event that last changed whether it can be paid
    CREATE TABLE returns (
      tenant TEXT NOT NULL, return_id TEXT NOT NULL, case_id TEXT NOT NULL, order_id TEXT NOT NULL,
      status TEXT NOT NULL, status_position INTEGER NOT NULL, return_method TEXT NOT NULL,
      currency TEXT NOT NULL, reason TEXT NOT NULL, is_auto_approved INTEGER NOT NULL,
      expires_at TEXT, resolution TEXT, refund_id TEXT, refund_status TEXT, refund_amount INTEGER,
      refund_position INTEGER, is_refund_withdrawn INTEGER NOT NULL DEFAULT 0,
      is_refund_denied INTEGER NOT NULL DEFAULT 0, order_changed INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, return_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX returns_by_order ON returns (tenant, order_id);
    CREATE INDEX returns_by_case ON returns (tenant, case_id);
    CREATE INDEX returns_by_refund ON returns (tenant, refund_id) WHERE refund_id IS NOT NULL;

    -- the units that a refund is due for
    CREATE TABLE return_items (
      tenant TEXT NOT NULL, return_id TEXT NOT NULL, number INTEGER NOT NULL,
      line_id TEXT NOT NULL, quantity INTEGER NOT NULL,
      PRIMARY KEY (tenant, return_id, number)
    ) STRICT, WITHOUT ROWID;

    -- open targets of cases; due_at: NULL while the clocks stand still
    CREATE TABLE targets (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, target TEXT NOT NULL, due_at TEXT,
      cause INTEGER NOT NULL, PRIMARY KEY (tenant, case_id, target)
    ) STRICT, WITHOUT ROWID;
    """
}
