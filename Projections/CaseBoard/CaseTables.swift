// The tables of the case board.

extension CaseBoard {
  public static let tables = """
    CREATE TABLE cases (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, position INTEGER NOT NULL,
      customer_id TEXT NOT NULL, order_id TEXT, title TEXT NOT NULL, description TEXT,
      type TEXT NOT NULL, subtype TEXT, severity TEXT NOT NULL, status TEXT NOT NULL, owner TEXT,
      reason_code TEXT, lbg_id TEXT, leg_id TEXT, studio_id TEXT, creator_id TEXT, payout_id TEXT,
      opened_at TEXT NOT NULL, updated_at TEXT NOT NULL, first_response_at TEXT, closed_at TEXT,
      revision INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant, case_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cases_by_customer ON cases (tenant, customer_id, position);

    -- attachments: what the message names, as a JSON array
    CREATE TABLE messages (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, position INTEGER NOT NULL,
      message_id TEXT NOT NULL, author_role TEXT NOT NULL, author TEXT NOT NULL,
      body TEXT NOT NULL, posted_at TEXT NOT NULL, attachments TEXT NOT NULL,
      PRIMARY KEY (tenant, case_id, position)
    ) STRICT, WITHOUT ROWID;

    -- message_id: the one it was attached to first
    CREATE TABLE evidence (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, position INTEGER NOT NULL,
      evidence_key TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
      mime TEXT NOT NULL, description TEXT, message_id TEXT, return_id TEXT, line_id TEXT,
      PRIMARY KEY (tenant, case_id, position)
    ) STRICT, WITHOUT ROWID;

    -- due_at: NULL while the clocks stand still; cause: the event it follows from
    CREATE TABLE targets (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL,
      severity TEXT NOT NULL, minutes INTEGER NOT NULL, calendar_id TEXT NOT NULL,
      calendar_version INTEGER NOT NULL, due_at TEXT, cause INTEGER NOT NULL,
      is_worked_on INTEGER NOT NULL DEFAULT 1,
      PRIMARY KEY (tenant, case_id, target)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE watchers (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, agent_id TEXT NOT NULL,
      PRIMARY KEY (tenant, case_id, agent_id)
    ) STRICT, WITHOUT ROWID;

    \(Timeline.table)
    """

  public static let indexes = """
    CREATE INDEX cases_by_position ON cases (tenant, position);
    CREATE INDEX cases_by_customer_status ON cases (tenant, customer_id, status, position);
    CREATE INDEX cases_by_order ON cases (tenant, order_id, position) WHERE order_id IS NOT NULL;
    CREATE INDEX cases_by_status ON cases (tenant, status, position);
    CREATE INDEX targets_of_tenant_due ON targets (tenant, state, is_worked_on, due_at);
    \(Timeline.indexes)
    """
}
