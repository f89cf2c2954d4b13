// Answers "certainly not here" for most of what is not there, so that a new command or stream costs no
// look into the database. What must hold: what was added is never denied; a filter is stored in the
// transaction that stores what it stands for.

/// A Bloom filter of ten bits a key: about one in a hundred answers is wrongly "perhaps".
struct IndexFilter: Sendable {
  private var words: [UInt64]

  private static let bitsPerKey = 10
  private static let probeCount: UInt64 = 7

  init(keyCount: Int) {
    words = Array(repeating: 0, count: keyCount * IndexFilter.bitsPerKey / 64 + 1)
  }

  /// - Returns: `nil` for bytes that are no filter.
  init?(bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty, bytes.count % 8 == 0 else { return nil }
    words = (0..<bytes.count / 8).map {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
    }
  }

  var bytes: [UInt8] {
    words.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }

  mutating func add(_ key: IndexKey) {
    let bitCount = UInt64(words.count) * 64
    for probe in 0..<IndexFilter.probeCount {
      let bit = IndexFilter.bit(probe, of: key, bitCount)
      words[Int(bit >> 6)] |= 1 << (bit & 63)
    }
  }

  func mayHold(_ key: IndexKey) -> Bool {
    let bitCount = UInt64(words.count) * 64
    return words.withUnsafeBufferPointer { words in
      for probe in 0..<IndexFilter.probeCount {
        let bit = IndexFilter.bit(probe, of: key, bitCount)
        if words[Int(bit >> 6)] & 1 << (bit & 63) == 0 { return false }
      }
      return true
    }
  }

  private static func bit(_ probe: UInt64, of key: IndexKey, _ bitCount: UInt64) -> UInt64 {
    let hash = key.low &+ probe &* (key.high | 1)
    return hash.multipliedFullWidth(by: bitCount).high
  }
}
