// Reading a run from its first entry to its last, for merging.

internal import SQLite

/// The entries of a run, in the order of their keys.
final class IndexRunReader {
  let run: IndexRun
  private let database: Database
  private var number = 0
  private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 8)
  private var block: IndexBlockReader?
  /// The entry reached; its value lasts until ``advance()``.
  private(set) var current: (key: IndexKey, value: UnsafeRawBufferPointer)?

  init(_ run: IndexRun, in database: Database) {
    self.run = run
    self.database = database
  }

  deinit { bytes.deallocate() }

  func advance() throws {
    while true {
      current = try block?.next()
      if current != nil || number == run.blockCount { return }
      try readBlock()
    }
  }

  private func readBlock() throws {
    let select = try database.prepare("SELECT bytes FROM block WHERE id = ?")
    select.bind(1, IndexRun.row(run.id, number))
    guard try select.step() else { throw IndexDamage(reason: "a block is missing") }
    select.withBlobBytes(0) { found in
      if bytes.count != found.count {
        bytes.deallocate()
        bytes = .allocate(byteCount: found.count, alignment: 8)
      }
      bytes.copyMemory(from: found)
    }
    select.reset()
    block = try IndexBlockReader(UnsafeRawBufferPointer(bytes))
    number += 1
  }
}
