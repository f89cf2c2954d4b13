// The seal of a read model's file: an HMAC-SHA-256 over name, version, checkpoint, the log's chain
// value there, the schema and the sum of all rows. What must hold: rows and seal change in the
// same transaction, so the file of a killed process is believed; and a file whose rows another
// program changed, that is another folder's, or whose log is another one, is not.

import Cryptography
import EventSourcing
import SQLite

/// Seals one file as it is written, and judges the seal that it has.
final class FileSeal {
  /// What is wrong with a file, as a predicate such as `has no seal`.
  struct Distrust: Error {
    var reason: String
  }

  private let key: ReadModelKey
  private let database: Database
  private let name: String
  private let version: Int
  private let schema: Digest
  private var hashes: [String: SHA256?] = [:]
  private var sum = RowSum()
  /// What a step that fails goes back to.
  private var committed = RowSum()

  private static let table = """
    CREATE TABLE IF NOT EXISTS _seal (
      id INTEGER PRIMARY KEY, chain TEXT NOT NULL, row_sum TEXT NOT NULL, code TEXT NOT NULL
    ) STRICT
    """

  /// The application_id of a file that is sealed from its beginning on ("Rdrs" in ASCII).
  private static let mark = 0x5264_7273

  /// - Parameter database: has its tables, which do not change any more.
  init(_ key: ReadModelKey, of database: Database, _ readModel: any ReadModel.Type) throws {
    self.key = key
    self.database = database
    name = readModel.name
    version = readModel.version
    schema = try Self.schema(of: database)
    if let stored = try stored() { sum = RowSum(stored.sum) }
    committed = sum
  }

  /// Seals an empty file, in the transaction that creates its other tables.
  static func begin(
    _ key: ReadModelKey, in database: Database, _ readModel: any ReadModel.Type
  ) throws {
    try database.execute(table)
    try database.execute("PRAGMA application_id = \(mark)")
    try FileSeal(key, of: database, readModel).write(.first, chain: .zero)
  }

  /// Whether the file was made with a seal: without one, another program took it away. Files of
  /// earlier versions, which had no seals, have another application_id.
  static func isPromised(in database: Database) throws -> Bool {
    try database.int("PRAGMA application_id") == mark
  }

  /// Follows each change of a row from now on.
  func follow() {
    database.observeRows { [unowned self] table, row, isAdded in
      guard let hash = hash(of: table) else { return }
      hash.update(row)
      if isAdded { sum.add(hash.finish()) } else { sum.subtract(hash.finish()) }
    }
  }

  /// What adds the rows of a table to the sum, of a file that is built and not followed.
  func counter(of table: String) -> ((_ row: UnsafeRawBufferPointer) -> Void)? {
    guard let hash = hash(of: table) else { return nil }
    return { [unowned self] row in
      hash.update(row)
      sum.add(hash.finish())
    }
  }

  /// Adds the rows that the content digest leaves out.
  func countPositions() throws { try scan("_positions", into: &sum) }

  /// Writes the seal, in the transaction of the rows.
  func write(_ checkpoint: Ordinal, chain: Digest) throws {
    let code = HMAC.sha256(message(checkpoint, chain: chain, sum: sum.digest), key: key)
    try database.run(
      "INSERT OR REPLACE INTO _seal VALUES (1, ?, ?, ?)", chain.description,
      sum.digest.description, code.description)
  }

  /// The step was committed.
  func keep() { committed = sum }

  /// The step was taken back.
  func takeBack() { sum = committed }

  /// Compares the seal with the key and the log, and not with the rows: what follows changes the
  /// stored sum by what it changes in the file.
  ///
  /// - Parameter chain: the log's value at the checkpoint.
  /// - Throws: ``Distrust``, and SQLiteError.
  func judge(_ checkpoint: Ordinal, chain: Digest) throws {
    guard let stored = try stored() else { throw Distrust(reason: "has no seal") }
    let message = message(checkpoint, chain: stored.chain, sum: stored.sum)
    guard HMAC.isValid(stored.code.bytes, for: message, key: key.bytes) else {
      throw Distrust(reason: "was sealed by another service, or was changed beside this one")
    }
    guard stored.chain == chain else {
      throw Distrust(reason: "is of another history than the log up to commit \(checkpoint)")
    }
  }

  /// Compares the seal with every row.
  ///
  /// - Throws: ``Distrust``, and SQLiteError.
  func judgeRows() throws {
    var found = RowSum()
    for table in try database.contentTables() + ["_positions"] { try scan(table, into: &found) }
    guard found == committed else {
      throw Distrust(reason: "has rows that were changed beside the service")
    }
  }

  private func scan(_ table: String, into sum: inout RowSum) throws {
    guard let hash = hash(of: table) else { return }
    var row: [UInt8] = []
    let stored = try database.storedColumns(of: table)
    let statement = try database.prepare("SELECT * FROM \"\(table)\"")
    while try statement.step() {
      for column in stored { statement.append(column, to: &row) }
      hash.update(row)
      sum.add(hash.finish())
      row.removeAll(keepingCapacity: true)
    }
  }

  private func stored() throws -> (chain: Digest, sum: Digest, code: Digest)? {
    let rows = try database.rows("SELECT chain, row_sum, code FROM _seal") { row in
      (0..<3).map { Digest(hex: row.text($0)) }
    }
    guard let row = rows.first, let chain = row[0], let sum = row[1], let code = row[2] else {
      return nil
    }
    return (chain, sum, code)
  }

  /// Tables of the read model, and the positions that callers wait for.
  private static func counts(_ table: String) -> Bool {
    table == "_positions" || !(table.hasPrefix("_") || table.hasPrefix("sqlite_"))
  }

  /// - Returns: `nil` for a table whose rows do not count.
  private func hash(of table: String) -> SHA256? {
    if let known = hashes[table] { return known }
    let hash = Self.counts(table) ? keyedHash(of: table) : nil
    hashes[table] = .some(hash)
    return hash
  }

  /// Begins with the key in a block of its own, which costs nothing for each row, and the table.
  private func keyedHash(of table: String) -> SHA256 {
    var prefix = key.bytes + [UInt8](repeating: 0, count: 64 - ReadModelKey.byteCount)
    prefix.append(value: table, type: "T")
    return SHA256(after: prefix)
  }

  private static func schema(of database: Database) throws -> Digest {
    var bytes: [UInt8] = []
    let statement = try database.prepare(
      "SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY type, name")
    while try statement.step() { statement.appendRow(to: &bytes) }
    return SHA256.hash(bytes)
  }

  private func message(_ checkpoint: Ordinal, chain: Digest, sum: Digest) -> [UInt8] {
    Array(
      "redress read model\n\(name)\n\(version)\n\(checkpoint)\n\(chain)\n\(schema)\n\(sum)\n".utf8)
  }
}

extension HMAC {
  fileprivate static func sha256(_ bytes: [UInt8], key: ReadModelKey) -> Digest {
    key.bytes.withUnsafeBytes { sha256(bytes, key: $0) }
  }
}
