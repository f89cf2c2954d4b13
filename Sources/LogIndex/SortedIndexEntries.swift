// Entries on their way from memory into a run.

internal import EventSourcing

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
    // An estimate is enough: it only decides the number of blocks.
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
