// The tables of the refund queue.

extension RefundQueue {
  public static let tables = """
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, return_window_days INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE returns (
      tenant TEXT NOT NULL, return_id TEXT NOT NULL, requested_on TEXT NOT NULL,
      PRIMARY KEY (tenant, return_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE refunds (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, position INTEGER NOT NULL,
      case_id TEXT NOT NULL, order_id TEXT NOT NULL, customer_id TEXT NOT NULL, return_id TEXT,
      status TEXT NOT NULL, currency TEXT NOT NULL,
      requested_amount INTEGER NOT NULL, approved_amount INTEGER,
      -- what its legs come to that are settled, and what those that came back (R10)
      executed_amount INTEGER NOT NULL DEFAULT 0, returned_amount INTEGER NOT NULL DEFAULT 0,
      -- what it is about now: what was paid, of one that is executed or partly executed; otherwise
      -- the approved amount, or the requested one
      amount INTEGER NOT NULL AS (CASE
        WHEN status IN ('executed', 'partly_executed') THEN executed_amount
        ELSE coalesce(approved_amount, requested_amount) END) STORED,
      reason TEXT NOT NULL, note TEXT, delivery_date TEXT,
      -- the day that must be in the return window (R4), instead of the approval's
      return_requested_on TEXT,
      requested_at TEXT NOT NULL, requested_by TEXT NOT NULL,
      approved_at TEXT, approved_by TEXT, executed_at TEXT,
      attempt INTEGER NOT NULL DEFAULT 0,
      -- of all settled legs, where they have the same
      settlement_reference TEXT,
      updated_at TEXT NOT NULL,
      revision INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, refund_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX refunds_by_order ON refunds (tenant, order_id, status, position);

    -- what it gives back by each payment, as the last attempt for it left it; in the order of the
    -- first attempt
    CREATE TABLE legs (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, payment_id TEXT NOT NULL,
      number INTEGER NOT NULL, provider TEXT, amount INTEGER NOT NULL, attempt INTEGER NOT NULL,
      state TEXT NOT NULL, provider_reference TEXT, settlement_reference TEXT,
      settled_amount INTEGER, settled_currency TEXT, settled_rate TEXT, code TEXT, reason TEXT,
      PRIMARY KEY (tenant, refund_id, payment_id)
    ) STRICT, WITHOUT ROWID;

    -- how the amount came about (R2); without an amount, a heading
    CREATE TABLE derivations (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, number INTEGER NOT NULL,
      what TEXT NOT NULL, calculation TEXT NOT NULL, rounding TEXT NOT NULL, amount INTEGER,
      PRIMARY KEY (tenant, refund_id, number)
    ) STRICT, WITHOUT ROWID;

    \(Totals.table(
      of: "refunds", following: "status, requested_amount, approved_amount, executed_amount"))
    \(Timeline.table)
    """

  public static let indexes = """
    CREATE INDEX refunds_newest ON refunds (tenant, position);
    CREATE INDEX refunds_by_status ON refunds (tenant, status, position);
    CREATE INDEX refunds_by_case ON refunds (tenant, case_id, position);
    \(Timeline.indexes)
    """
}
