// Lookups have a connection of their own, so that they never wait for a transaction that writes. It
// reads with pread and a small cache: mapped pages would count as this process's memory.

internal import EventSourcing
internal import SQLite

/// A connection for lookups; one thread at a time.
final class IndexReader {
  let database: Database
  /// The oldest first.
  var runs: [IndexRun]

  init(path: String, mode: Database.Mode = .readOnly, runs: [IndexRun] = []) throws(SQLiteError) {
    self.runs = runs
    database = try Database(path: path, mode: mode)
    try database.execute("PRAGMA mmap_size = 0; PRAGMA cache_size = -2048")
  }

  /// The runs of a stream's events, in order.
  func events(of stream: IndexKey) throws -> [EventRun] {
    var events: [EventRun] = []
    for run in runs {
      try look(for: stream, in: run) { value in
        try EventRun.forEach(in: value) { events.append($0) }
      }
    }
    return events
  }

  /// A command's first outcome.
  func outcome(of command: IndexKey) throws -> EventRun? {
    for run in runs {
      if let found = try look(for: command, in: run, { try EventRun(command: $0) }) {
        return found
      }
    }
    return nil
  }

  /// A stream's newest snapshot.
  func snapshot(under key: IndexKey) throws -> IndexedSnapshot? {
    for run in runs.reversed() {
      if let found = try look(for: key, in: run, { try IndexedSnapshot($0) }) { return found }
    }
    return nil
  }

  @discardableResult
  private func look<R>(
    for key: IndexKey, in run: IndexRun, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R? {
    guard run.filter.mayHold(key.filterKey) else { return nil }
    let select = try database.prepare("SELECT bytes FROM block WHERE id = ?")
    select.bind(1, IndexRun.row(run.id, IndexRun.block(of: key, blockCount: run.blockCount)))
    defer { select.reset() }
    guard try select.step() else { throw IndexDamage(reason: "a block is missing") }
    return try select.withBlobBytes(0) { bytes in
      var block = try IndexBlockReader(bytes)
      return try block.value(of: key).map(body)
    }
  }
}
