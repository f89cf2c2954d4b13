// What SQLite answers when it refuses. The values bound to a statement may be personal data, so
// they appear neither here nor in any description.

internal import CSQLite

/// Why a statement failed.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The primary result code, such as 19 for a violated constraint (sqlite.org/rescode.html).
  public var code: Int { extendedCode & 0xFF }
  /// The extended result code, such as 2067 for a violated UNIQUE constraint.
  public var extendedCode: Int
  public var message: String
  /// The statement's text without its arguments; `nil` when none was involved.
  public var sql: String?

  public init(extendedCode: Int, message: String, sql: String? = nil) {
    self.extendedCode = extendedCode
    self.message = message
    self.sql = sql
  }

  public var isBusy: Bool { code == Int(SQLITE_BUSY) }
  public var isConstraintViolation: Bool { code == Int(SQLITE_CONSTRAINT) }
  /// The file cannot be opened, for instance because too many are open.
  public var isUnopened: Bool { code == Int(SQLITE_CANTOPEN) }
  /// There is no space left for it.
  public var isFull: Bool { code == Int(SQLITE_FULL) }
  /// The system refused something, or another connection has the lock: the same may succeed later.
  public var isPassing: Bool {
    [
      SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL,
      SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_PERM,
    ].contains(Int32(code))
  }
  /// The file is damaged or no database at all.
  public var isCorrupt: Bool { code == Int(SQLITE_CORRUPT) || code == Int(SQLITE_NOTADB) }

  public var description: String {
    let place = sql.map { " in: \($0.split(separator: "\n").first ?? "")" } ?? ""
    return "SQLite error \(extendedCode): \(message)\(place)"
  }
}
