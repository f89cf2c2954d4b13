// The queries of process managers: the due entries that were not read before, the instant at which
// the next entry becomes due, and the fields of commands.

public import EventSourcing
public import Events
public import SQLite

extension DueWork {
  /// A process manager, by the name of its commands' actor, `system/<name>`.
  public enum Manager: String, Sendable, CaseIterable {
    case refundExecution = "refund-execution"
    case returnApproval = "return-approval"
    case returnCompletion = "return-completion"
    case returnRefund = "return-refund"
    case refundApproval = "refund-approval"
    case returnExpiry = "return-expiry"
    case holdExpiry = "hold-expiry"
    case slaClocks = "sla-clocks"

    static let ofReturns: [Manager] = [
      .returnApproval, .returnCompletion, .returnExpiry, .returnRefund, .refundApproval,
    ]
  }

  /// One command that is due.
  public struct Entry: Sendable, Hashable {
    public var tenant: TenantID
    /// The identifier of the refund, return, hold or case.
    public var subject: String
    /// Distinguishes several entries of one subject; otherwise empty.
    public var part: String
    public var sequence: Int
    public var dueAt: Timestamp?
    /// The event that made the command due.
    public var cause: Position
    /// The event since the cause that may allow a refused command.
    public var resumption: Position?
  }

  /// The position of a process manager in the due work.
  public struct Cursor: Sendable, Hashable {
    /// The last entry's number.
    public var sequence = 0
    var dueAt = ""
    var dueSequence = 0

    /// The start.
    public init() {}
  }

  private static let columns = """
    tenant, subject, part, sequence, due_at, cause, resumption FROM work JOIN tenants USING (tenant)
    """

  static let isAtWork = "NOT is_suspended AND NOT is_importing"

  private static func read(_ row: Statement) -> Entry {
    let subject = row.text(1)
    return Entry(
      tenant: TenantID(unchecked: row.text(0)),
      subject: subject.firstIndex(of: "/").map { String(subject[subject.index(after: $0)...]) }
        ?? subject,
      part: row.text(2), sequence: row.int(3), dueAt: row.optionalText(4).flatMap { Timestamp($0) },
      cause: Position(UInt64(row.int(5))),
      resumption: row.optionalInt(6).map { Position(UInt64($0)) })
  }

  /// Due entries that were not returned for this cursor: those that became due since the last call,
  /// then the new and changed ones.
  ///
  /// - Parameters:
  ///   - cursor: moves behind the returned entries.
  ///   - limit: of each kind.
  /// - Returns: an empty list once all have been returned.
  public static func due(
    _ manager: Manager, after cursor: inout Cursor, at now: Timestamp, limit: Int,
    in database: Database
  ) throws -> [Entry] {
    let now = now.description
    let timed = try database.rows(
      """
      SELECT \(columns)
      WHERE manager = ?1 AND due_at IS NOT NULL AND (due_at, sequence) > (?2, ?3)
        AND due_at >= ?2 AND due_at <= ?4 AND sequence <= ?5 AND \(isAtWork)
      ORDER BY due_at, sequence LIMIT ?6
      """, manager.rawValue, cursor.dueAt, cursor.dueSequence, now, cursor.sequence, limit,
      row: read)
    if timed.count == limit, let last = timed.last {
      (cursor.dueAt, cursor.dueSequence) = (last.dueAt?.description ?? now, last.sequence)
      return timed
    }
    (cursor.dueAt, cursor.dueSequence) = (now, Int.max)
    let changed = try database.rows(
      """
      SELECT \(columns)
      WHERE manager = ? AND sequence > ? AND (due_at IS NULL OR due_at <= ?) AND \(isAtWork)
      ORDER BY sequence LIMIT ?
      """, manager.rawValue, cursor.sequence, now, limit, row: read)
    if changed.count == limit, let last = changed.last {
      cursor.sequence = last.sequence
    } else {
      cursor.sequence = try lastSequence(in: database)
    }
    return timed + changed
  }

  private static func lastSequence(in database: Database) throws -> Int {
    try database.row("SELECT last FROM sequences WHERE id = 1", row: { $0.int(0) }) ?? 0
  }

  /// The earliest instant after now at which an entry becomes due.
  public static func nextDue(
    _ manager: Manager, after now: Timestamp, in database: Database
  ) throws -> Timestamp? {
    try database.row(
      "SELECT min(due_at) FROM work WHERE manager = ? AND due_at IS NOT NULL AND due_at > ?",
      manager.rawValue, now.description, row: { $0.optionalText(0).flatMap { Timestamp($0) } }
    ) ?? nil
  }

  // MARK: Fields of commands

  /// The request for the refund of a completed return (V3).
  public static func refundRequest(
    of id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> RequestRefund? {
    let items = try database.rows(
      """
      SELECT line_id, quantity FROM return_items WHERE tenant = ? AND return_id = ?
      ORDER BY number
      """, tenant.rawValue, id.rawValue,
      row: { RequestedItem(lineID: LineID(unchecked: $0.text(0)), quantity: $0.int(1)) })
    return try database.row(
      "SELECT case_id, order_id, reason FROM returns WHERE tenant = ? AND return_id = ?",
      tenant.rawValue, id.rawValue,
      row: {
        RequestRefund(
          caseID: CaseID(unchecked: $0.text(0)), orderID: OrderID(unchecked: $0.text(1)),
          returnID: id, items: items, reason: $0.text(2))
      })
  }

  /// The last refund that was requested for a return.
  public static func refund(
    ofReturn id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> RefundID? {
    try database.row(
      """
      SELECT refund_id FROM returns
      WHERE tenant = ? AND return_id = ? AND refund_id IS NOT NULL
      """, tenant.rawValue, id.rawValue, row: { RefundID(unchecked: $0.text(0)) })
  }

  // MARK: Tenants

  /// Tenants whose work is paused: `suspended` (T2) or `importing`.
  public static func pausedTenants(in database: Database) throws -> [TenantID: String] {
    let rows = try database.rows(
      "SELECT tenant, is_suspended FROM tenants WHERE is_suspended OR is_importing",
      row: { (TenantID(unchecked: $0.text(0)), $0.int(1) != 0 ? "suspended" : "importing") })
    return Dictionary(uniqueKeysWithValues: rows)
  }
}
