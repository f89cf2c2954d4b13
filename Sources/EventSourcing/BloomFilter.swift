// Denies most keys that were not added, so that a new key costs no read of a database. What must
// hold: a key that was added is never denied.

/// A Bloom filter of twelve bits a key: about one in three hundred absent keys is not denied.
package struct BloomFilter: Sendable {
  /// A key's hash.
  package struct Key: Sendable {
    var high: UInt64
    var low: UInt64

    package init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
  }

  private var words: [UInt64]

  private static let bitsPerKey = 12
  private static let probeCount: UInt64 = 7

  /// A filter that denies no key.
  package static let denyingNothing = BloomFilter(words: [.max])

  private init(words: [UInt64]) { self.words = words }

  package init(keyCount: Int) {
    words = Array(repeating: 0, count: keyCount * BloomFilter.bitsPerKey / 64 + 1)
  }

  /// - Returns: `nil` for bytes that are no filter.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty, bytes.count % 8 == 0 else { return nil }
    words = (0..<bytes.count / 8).map {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
    }
  }

  package var bytes: [UInt8] {
    words.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }

  package mutating func add(_ key: Key) {
    let bitCount = UInt64(words.count) * 64
    for probe in 0..<BloomFilter.probeCount {
      let bit = BloomFilter.bit(probe, of: key, bitCount)
      words[Int(bit >> 6)] |= 1 << (bit & 63)
    }
  }

  package func mayHold(_ key: Key) -> Bool {
    let bitCount = UInt64(words.count) * 64
    return words.withUnsafeBufferPointer { words in
      for probe in 0..<BloomFilter.probeCount {
        let bit = BloomFilter.bit(probe, of: key, bitCount)
        if words[Int(bit >> 6)] & 1 << (bit & 63) == 0 { return false }
      }
      return true
    }
  }

  private static func bit(_ probe: UInt64, of key: Key, _ bitCount: UInt64) -> UInt64 {
    let hash = key.low &+ probe &* (key.high | 1)
    return hash.multipliedFullWidth(by: bitCount).high
  }
}
