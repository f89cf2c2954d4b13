// Writing a run: entries in the order of their keys into blocks, and blocks into the database.

internal import EventSourcing
internal import SQLite

/// Writes one run, in the order of its keys.
final class IndexRunWriter {
  private(set) var run: IndexRun
  private let insert: Statement
  private var block = IndexBlockWriter()
  private var keyCount = 0
  /// The block that is being written.
  private(set) var number = 0

  init(_ run: IndexRun, in database: Database) throws(SQLiteError) {
    self.run = run
    insert = try database.prepare("INSERT INTO block VALUES (?, ?)")
  }

  /// - Precondition: the key is greater than every one before.
  func add(_ key: IndexKey, _ value: UnsafeRawBufferPointer) throws(SQLiteError) {
    let target = IndexRun.block(of: key, blockCount: run.blockCount)
    while number < target { try writeBlock() }
    block.add(key, value)
    run.filter.add(key.filterKey)
    keyCount += 1
  }

  /// Writes the remaining blocks, also the empty ones.
  func finish() throws(SQLiteError) -> IndexRun {
    while number < run.blockCount { try writeBlock() }
    run.keyCount = keyCount
    return run
  }

  private func writeBlock() throws(SQLiteError) {
    block.seal()
    insert.bind(1, IndexRun.row(run.id, number))
    insert.bind(2, block.bytes)
    run.byteCount += block.bytes.count
    try insert.run()
    block.removeAll()
    number += 1
  }
}
