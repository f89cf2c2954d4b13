// The tables of the returns.

extension Returns {
  public static let tables = """
    CREATE TABLE emails (
      tenant TEXT NOT NULL, email TEXT NOT NULL, customer_id TEXT NOT NULL,
      PRIMARY KEY (tenant, email, customer_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX emails_of_customer ON emails (tenant, customer_id);

    CREATE TABLE returns (
      tenant TEXT NOT NULL, return_id TEXT NOT NULL, position INTEGER NOT NULL,
      case_id TEXT NOT NULL, order_id TEXT NOT NULL, customer_id TEXT NOT NULL,
      status TEXT NOT NULL, channel TEXT NOT NULL, return_method TEXT NOT NULL,
      currency TEXT NOT NULL, reason TEXT NOT NULL,
      policy_id TEXT NOT NULL, policy_version INTEGER NOT NULL, policy_sha256 TEXT NOT NULL,
      is_auto_approved INTEGER NOT NULL, customer_words TEXT,
      estimated_amount INTEGER NOT NULL, final_amount INTEGER,
      -- what it is about now: the amount of its refund, or else the final amount, or the estimated
      -- one; nothing once it is completed and its refund was denied
      amount INTEGER NOT NULL AS (CASE
        WHEN money = 'refund' THEN refund_amount
        WHEN status = 'completed' AND money = 'not_due' AND refund_status = 'denied' THEN 0
        ELSE coalesce(final_amount, estimated_amount) END) STORED,
      money TEXT NOT NULL DEFAULT 'not_due', resolution TEXT,
      -- the last refund that was requested for it
      refund_id TEXT, refund_status TEXT, refund_amount INTEGER,
      requested_at TEXT NOT NULL, submitted_by TEXT NOT NULL, processed_by TEXT,
      expires_at TEXT, carrier TEXT, tracking_number TEXT, note TEXT,
      updated_at TEXT NOT NULL,
      revision INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, return_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX returns_by_order ON returns (tenant, order_id, position);
    CREATE INDEX returns_by_case ON returns (tenant, case_id, position);
    CREATE INDEX returns_by_customer ON returns (tenant, customer_id, position);
    CREATE INDEX returns_by_refund ON returns (tenant, refund_id) WHERE refund_id IS NOT NULL;

    CREATE TABLE return_lines (
      tenant TEXT NOT NULL, return_id TEXT NOT NULL, number INTEGER NOT NULL,
      line_id TEXT NOT NULL, title TEXT NOT NULL, variant_title TEXT, sku TEXT,
      quantity INTEGER NOT NULL, unit_price INTEGER NOT NULL,
      -- description: only of returns whose words were recorded with their lines
      reason TEXT NOT NULL, description TEXT, condition TEXT, photos TEXT NOT NULL,
      rule_id TEXT, restocking_fee INTEGER,
      reception TEXT NOT NULL DEFAULT 'awaiting', received INTEGER NOT NULL DEFAULT 0,
      acceptance TEXT NOT NULL DEFAULT 'pending', accepted INTEGER NOT NULL DEFAULT 0,
      disposition TEXT, note TEXT,
      PRIMARY KEY (tenant, return_id, number)
    ) STRICT, WITHOUT ROWID;

    -- what was requested on each day (UTC), and what it was estimated at
    CREATE TABLE return_days (
      tenant TEXT NOT NULL, day TEXT NOT NULL, currency TEXT NOT NULL,
      count INTEGER NOT NULL, amount INTEGER NOT NULL,
      PRIMARY KEY (tenant, day, currency)
    ) STRICT, WITHOUT ROWID;

    \(Totals.table(
      of: "returns", following: "status, final_amount, money, refund_amount, refund_status"))
    \(Timeline.table)
    """

  public static let indexes = """
    CREATE INDEX returns_newest ON returns (tenant, position);
    CREATE INDEX returns_by_status ON returns (tenant, status, position);
    """
}
