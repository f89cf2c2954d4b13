// A run is a table of keys and places in the file, sorted by key, that never changes. In memory are
// a filter, which denies most other keys, and the first key of each piece, so that a lookup reads
// one piece of the table. What must hold: memory does not grow with the table. Above a size the
// filter denies fewer keys and the pieces are longer, so that lookups take longer instead.

import EventLog
import EventSourcing

/// A sorted table of entries.
struct SpilledRun: Sendable {
  private(set) var entryCount = 0
  private let file: SpillFile
  /// Where the table begins.
  private let offset: Int
  private var filter: BloomFilter
  private let pieceEntryCount: Int
  /// The first key of each piece.
  private var pieces: [SpillKey] = []

  /// A filter is for so many keys, or fewer: 192 KiB.
  private static let filterKeyCountMax = 1 << 17
  /// 128 KiB of first keys.
  private static let pieceCountMax = 1 << 13
  private static let pieceEntryCountMin = 64
  private static let entryByteCount = MemoryLayout<SpillEntry>.stride

  /// An empty table with room for entries.
  init(entryCount: Int, in file: SpillFile) {
    self.file = file
    offset = file.reserve(entryCount * Self.entryByteCount)
    filter = BloomFilter(keyCount: min(entryCount, Self.filterKeyCountMax))
    pieceEntryCount = max(Self.pieceEntryCountMin, entryCount / Self.pieceCountMax + 1)
  }

  /// - Precondition: the entries are sorted, and follow those that are there.
  mutating func append(_ entries: [SpillEntry]) throws(LogError) {
    for (index, entry) in entries.enumerated() {
      filter.add(entry.key.filterKey)
      if (entryCount + index) % pieceEntryCount == 0 { pieces.append(entry.key) }
    }
    let place = offset + entryCount * Self.entryByteCount
    try file.write(entries, at: place)
    entryCount += entries.count
  }

  /// - Returns: `nil` for a key that is not in it.
  func place(of key: SpillKey) throws(LogError) -> Int? {
    guard filter.mayHold(key.filterKey) else { return nil }
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if key < pieces[middle] { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return nil }
    let piece = try entries(from: (low - 1) * pieceEntryCount, count: pieceEntryCount)
    return piece.first { $0.key == key }?.place
  }

  /// - Returns: fewer entries at the end.
  func entries(from first: Int, count: Int) throws(LogError) -> [SpillEntry] {
    let size = min(count, entryCount - first) * Self.entryByteCount
    let bytes = try file.bytes(at: offset + first * Self.entryByteCount, count: size)
    guard bytes.count == size else { throw file.isTooShort }
    return bytes.withUnsafeBytes { Array($0.bindMemory(to: SpillEntry.self)) }
  }
}
