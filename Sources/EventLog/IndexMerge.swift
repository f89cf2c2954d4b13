// Writing a run from entries in the order of their keys, and making one run of several.

internal import EventSourcing
internal import SQLite

/// Puts entries into blocks and blocks into the database.
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

  /// Writes what is left; every block is there, also an empty one.
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

/// A run's entries one after another.
final class IndexRunReader {
  let run: IndexRun
  private let database: Database
  private var number = 0
  private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 8)
  private var block: IndexBlockReader?
  /// The entry to be looked at; its value lasts until ``advance()``.
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

/// Makes one run of several.
final class IndexMerge {
  /// The oldest first.
  let sources: [IndexRunReader]
  let target: IndexRunWriter
  private var hasBegun = false
  private var value: [UInt8] = []

  init(sources: [IndexRunReader], into target: IndexRunWriter) {
    self.sources = sources
    self.target = target
  }

  /// Writes about so many blocks.
  ///
  /// - Returns: whether all is written but for finishing the run.
  func step(blockCount: Int) throws -> Bool {
    if !hasBegun {
      for source in sources { try source.advance() }
      hasBegun = true
    }
    let end = target.number + blockCount
    while target.number < end {
      guard let key = sources.compactMap(\.current?.key).min() else { return true }
      let holders = sources.filter { $0.current?.key == key }
      if holders.count == 1 {
        try target.add(key, holders[0].current!.value)
      } else {
        value.removeAll(keepingCapacity: true)
        try join(holders.map { $0.current!.value }, of: key)
        try value.withBytes { try target.add(key, $0) }
      }
      for holder in holders { try holder.advance() }
    }
    return false
  }

  private func join(_ values: [UnsafeRawBufferPointer], of key: IndexKey) throws {
    switch key.kind {
    case .stream:
      var writer = StreamValueWriter()
      for part in values { try EventRun.forEach(in: part) { writer.add($0) } }
      value = writer.bytes
    case .command: value.append(contentsOf: values.first!)
    case .snapshot: value.append(contentsOf: values.last!)
    case nil: throw IndexDamage(reason: "a key of no kind")
    }
  }
}

/// Entries in the order of their keys, with their values.
struct SortedIndexEntries {
  private let entries: IndexEntries
  private let keys: [IndexKey]
  let byteCount: Int
  var keyCount: Int { keys.count }

  init(_ entries: IndexEntries) {
    self.entries = entries
    var keys = entries.keys
    keys.sort()
    self.keys = keys
    // An estimate is enough: it only says how many blocks there shall be.
    byteCount = keys.count * 18 + entries.entries.count * 7 + entries.snapshots.count * 150
  }

  /// Calls `body` with each key and its value.
  func visit(_ body: (IndexKey, UnsafeRawBufferPointer) throws -> Void) throws {
    var value: [UInt8] = []
    var writer = StreamValueWriter()
    for key in keys {
      switch key.kind {
      case .stream:
        writer.removeAll()
        entries.forEachRun(of: key) { writer.add($0) }
        try writer.bytes.withBytes { try body(key, $0) }
        continue
      case .command:
        value.removeAll(keepingCapacity: true)
        entries.forEachRun(of: key) { $0.appendCommand(to: &value) }
      case .snapshot: value = entries.snapshots[key]!.bytes
      case nil: preconditionFailure("a key of no kind")
      }
      try value.withBytes { try body(key, $0) }
    }
  }
}

extension IndexEntries {
  func sorted() -> SortedIndexEntries { SortedIndexEntries(self) }
}
