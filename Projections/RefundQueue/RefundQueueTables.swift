// The refund queue: every refund as it stands, what adds up by status, each one's timeline and how
// its amount came about. It answers what can still be approved, what runs out, what was paid, and
// what there is to execute.

extension RefundQueue {
  public static let tables = """
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, name TEXT NOT NULL, return_window_days INTEGER NOT NULL,
      time_zone TEXT NOT NULL,
      -- a suspended tenant's refunds wait (T2); the event that ended its last suspension, or registered it
      is_suspended INTEGER NOT NULL DEFAULT 0,
      -- while a history is told, nothing of it is paid
      is_importing INTEGER NOT NULL DEFAULT 0, active_since INTEGER NOT NULL
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
      -- what it is about now: the approved amount, otherwise the requested one
      amount INTEGER NOT NULL AS (coalesce(approved_amount, requested_amount)) STORED,
      reason TEXT NOT NULL, note TEXT, delivery_date TEXT,
      -- the day that must be in the return window (R4), instead of the approval's
      return_requested_on TEXT,
      requested_at TEXT NOT NULL, requested_by TEXT NOT NULL,
      approved_at TEXT, approved_by TEXT, executed_at TEXT,
      attempt INTEGER NOT NULL DEFAULT 0,
      -- by somebody else than the process manager that pays
      is_started_by_hand INTEGER NOT NULL DEFAULT 0,
      -- another system's, told by an import
      is_told INTEGER NOT NULL DEFAULT 0, idempotency_key TEXT, failure_code TEXT,
      settlement_reference TEXT,
      -- the event that brought it into its status
      status_position INTEGER NOT NULL,
      -- the event that last changed what chargebacks claim of its order, or what covers it (B1)
      claims_changed INTEGER NOT NULL DEFAULT 0, updated_at TEXT NOT NULL,
      PRIMARY KEY (tenant, refund_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX refunds_newest ON refunds (tenant, position);
    CREATE INDEX refunds_by_status ON refunds (tenant, status, position);
    CREATE INDEX refunds_by_delivery ON refunds (tenant, status, delivery_date, position);
    CREATE INDEX refunds_by_case ON refunds (tenant, case_id, position);
    CREATE INDEX refunds_by_order ON refunds (tenant, order_id, status, position);
    CREATE INDEX refunds_by_customer ON refunds (tenant, customer_id, status, position);
    CREATE INDEX refunds_to_execute ON refunds (status, status_position)
      WHERE status IN ('approved', 'processing', 'outcome_unknown', 'failed');

    -- how the last attempt to pay gives the amount back
    CREATE TABLE refund_payments (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, number INTEGER NOT NULL,
      payment_id TEXT NOT NULL, provider TEXT, amount INTEGER NOT NULL,
      PRIMARY KEY (tenant, refund_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE refund_totals (
      tenant TEXT NOT NULL, status TEXT NOT NULL, currency TEXT NOT NULL,
      count INTEGER NOT NULL, amount INTEGER NOT NULL,
      PRIMARY KEY (tenant, status, currency)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER refund_added AFTER INSERT ON refunds BEGIN
      INSERT INTO refund_totals VALUES (NEW.tenant, NEW.status, NEW.currency, 1, NEW.amount)
        ON CONFLICT DO UPDATE SET count = count + 1, amount = amount + NEW.amount;
    END;
    CREATE TRIGGER refund_changed AFTER UPDATE OF status, requested_amount, approved_amount
      ON refunds BEGIN
      UPDATE refund_totals SET count = count - 1, amount = amount - OLD.amount
        WHERE tenant = OLD.tenant AND status = OLD.status AND currency = OLD.currency;
      INSERT INTO refund_totals VALUES (NEW.tenant, NEW.status, NEW.currency, 1, NEW.amount)
        ON CONFLICT DO UPDATE SET count = count + 1, amount = amount + NEW.amount;
    END;

    CREATE TABLE refund_timeline (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, position INTEGER NOT NULL,
      time TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL,
      amount INTEGER, note TEXT,
      PRIMARY KEY (tenant, refund_id, position)
    ) STRICT, WITHOUT ROWID;

    \(derivationSchema)
    """
}
