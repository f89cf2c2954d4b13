// The keys of what was moved out of memory. A key is 128 bits of SipHash under the random keys of
// this process, so that two names with the same key can neither be made on purpose nor be met.

import EventSourcing

/// Stands for a value of any kind, as long as the process runs.
struct SpillKey: Hashable, Comparable {
  let high: UInt64
  let low: UInt64

  init(_ value: some Hashable) {
    (high, low) = (Self.hash(value, 0), Self.hash(value, 1))
  }

  private static func hash(_ value: some Hashable, _ half: UInt8) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(half)
    hasher.combine(value)
    return UInt64(truncatingIfNeeded: hasher.finalize())
  }

  var filterKey: BloomFilter.Key { BloomFilter.Key(high: high, low: low) }

  static func < (a: SpillKey, b: SpillKey) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }

  /// The bits are evenly distributed already.
  func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

/// A key with the place of its value in the file.
struct SpillEntry: BitwiseCopyable {
  var key: SpillKey
  /// In bytes.
  var place: Int
}
