// How many records there are and what expires next, for those who only look.

public import EventSourcing
import Glibc
import SQLite

/// What `operations.sqlite` holds.
public struct RecordsSummary: Sendable, Hashable {
  /// One kind of records.
  public struct Kind: Sendable, Hashable {
    public var kind: RecordKind
    public var count: Int
    /// When the one that expires first was last written; `nil` where there is none.
    public var oldest: Timestamp?
    public var nextExpiry: Timestamp?
  }

  /// In the order of ``RecordKind``.
  public var kinds: [Kind]
  /// The file with its write-ahead log.
  public var byteCount: Int
}

extension RecordsSummary {
  /// Looks at the file of a service that may be running or not, and changes nothing.
  ///
  /// - Returns: `nil` where there is no file.
  public init?(file path: String) throws {
    guard access(path, F_OK) == 0 else { return nil }
    guard access(path, R_OK) == 0 else { throw OperationsError.noAccess(path: path) }
    do {
      let database = try Database(path: path, mode: .readOnly)
      self = try database.transaction {
        _ = try OperationalRecords.requireKnownVersion(of: database, at: path)
        return try RecordsSummary(of: database, path: path)
      }
    } catch let error as SQLiteError {
      throw OperationsError.unusable(path: path, reason: error.message)
    }
  }

  init(of database: Database, path: String) throws {
    kinds = try RecordKind.allCases.map { kind in
      let count = try database.row("SELECT count(*) FROM \(kind.rawValue)", row: { $0.int(0) })
      let first = try database.row(
        "SELECT \(kind.since), expires_at FROM \(kind.rawValue) ORDER BY expires_at LIMIT 1",
        row: { (Timestamp($0.text(0)), Timestamp($0.text(1))) })
      return Kind(kind: kind, count: count ?? 0, oldest: first?.0, nextExpiry: first?.1)
    }
    byteCount = ["", "-wal"].reduce(0) { sum, suffix in
      var status = stat()
      return stat(path + suffix, &status) == 0 ? sum + Int(status.st_size) : sum
    }
  }
}

extension OperationalRecords {
  public func summary() throws -> RecordsSummary {
    try transaction { try RecordsSummary(of: $0, path: path) }
  }
}
