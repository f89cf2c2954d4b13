// The queries of process managers: the due entries that were not read before, the instant at which
// the next entry becomes due, and the fields of commands.

public import EventSourcing
public import Events
import Projecting
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

  private struct EntryRow: Row {
    static let table = "work JOIN tenants USING (tenant)"

    var tenant: String
    var subject: String
    var part: String
    var sequence: Int
    var dueAt: String?
    var cause: Int
    var resumption: Int?

    var entry: Entry {
      let id = subject.firstIndex(of: "/").map { subject[subject.index(after: $0)...] }
      return Entry(
        tenant: TenantID(unchecked: tenant), subject: id.map { String($0) } ?? subject,
        part: part, sequence: sequence, dueAt: dueAt.flatMap { Timestamp($0) },
        cause: Position(UInt64(cause)), resumption: resumption.map { Position(UInt64($0)) })
    }
  }

  static let isAtWork = "NOT is_suspended AND NOT is_importing"

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
      EntryRow.self,
      """
      WHERE manager = ?1 AND due_at IS NOT NULL AND (due_at, sequence) > (?2, ?3)
        AND due_at >= ?2 AND due_at <= ?4 AND sequence <= ?5 AND \(isAtWork)
      ORDER BY due_at, sequence LIMIT ?6
      """, manager.rawValue, cursor.dueAt, cursor.dueSequence, now, cursor.sequence, limit
    ).map(\.entry)
    if timed.count == limit, let last = timed.last {
      (cursor.dueAt, cursor.dueSequence) = (last.dueAt?.description ?? now, last.sequence)
      return timed
    }
    (cursor.dueAt, cursor.dueSequence) = (now, Int.max)
    let changed = try database.rows(
      EntryRow.self,
      """
      WHERE manager = ? AND sequence > ? AND (due_at IS NULL OR due_at <= ?) AND \(isAtWork)
      ORDER BY sequence LIMIT ?
      """, manager.rawValue, cursor.sequence, now, limit
    ).map(\.entry)
    if changed.count == limit, let last = changed.last {
      cursor.sequence = last.sequence
    } else {
      cursor.sequence = try lastSequence(in: database)
    }
    return timed + changed
  }

  private static func lastSequence(in database: Database) throws -> Int {
    try database.int("SELECT last FROM sequences WHERE id = 1") ?? 0
  }

  /// The earliest instant after now at which an entry becomes due.
  public static func nextDue(
    _ manager: Manager, after now: Timestamp, in database: Database
  ) throws -> Timestamp? {
    try database.text(
      "SELECT min(due_at) FROM work WHERE manager = ? AND due_at IS NOT NULL AND due_at > ?",
      manager.rawValue, now.description
    ).flatMap { Timestamp($0) }
  }

  // MARK: Fields of commands

  private struct ReturnRow: Row {
    static let table = "returns"

    var caseID: String
    var orderID: String
    var reason: String
  }

  private struct ItemRow: Row {
    static let table = "return_items"

    var lineID: String
    var quantity: Int
  }

  /// The request for the refund of a completed return (V3).
  public static func refundRequest(
    of id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> RequestRefund? {
    guard let row = try database.row(ReturnRow.self, tenant: tenant, "return_id", id) else {
      return nil
    }
    let items = try database.rows(ItemRow.self, tenant: tenant, "return_id", id, by: "number")
    return RequestRefund(
      caseID: CaseID(unchecked: row.caseID), orderID: OrderID(unchecked: row.orderID),
      returnID: id,
      items: items.map {
        RequestedItem(lineID: LineID(unchecked: $0.lineID), quantity: $0.quantity)
      }, reason: row.reason)
  }

  /// The last refund that was requested for a return.
  public static func refund(
    ofReturn id: ReturnID, tenant: TenantID, in database: Database
  ) throws -> RefundID? {
    try database.text(
      "SELECT refund_id FROM returns WHERE tenant = ? AND return_id = ?", tenant.rawValue,
      id.rawValue
    ).map { RefundID(unchecked: $0) }
  }

  // MARK: Tenants

  private struct TenantRow: Row {
    static let table = "tenants"

    var tenant: String
    var isSuspended: Bool
  }

  /// Tenants whose work is paused: `suspended` (T2) or `importing`.
  public static func pausedTenants(in database: Database) throws -> [TenantID: String] {
    let rows = try database.rows(TenantRow.self, "WHERE is_suspended OR is_importing")
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        (TenantID(unchecked: row.tenant), row.isSuspended ? "suspended" : "importing")
      })
  }
}
