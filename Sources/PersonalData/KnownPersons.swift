// Whom keys.sqlite may know of, so that somebody new costs no look into it. What must hold: whoever
// is in the file is never denied, so nothing is denied until the whole file has been read once.

internal import EventSourcing

struct KnownPersons: Sendable {
  private var filter: BloomFilter
  /// Whether everybody who was in the file at first has been added.
  var isComplete = false

  /// - Parameter count: how many there are; there is room for as many again, and for a million at
  ///   least. Beyond that the file is asked more and more often.
  init(count: Int) { filter = BloomFilter(keyCount: max(1_000_000, 2 * count)) }

  mutating func add(_ person: Person) { filter.add(Self.key(of: person)) }

  func mayHold(_ person: Person) -> Bool { !isComplete || filter.mayHold(Self.key(of: person)) }

  private static func key(of person: Person) -> BloomFilter.Key {
    let hash = UInt64(truncatingIfNeeded: person.hashValue)
    return BloomFilter.Key(high: hash &* 0x9E37_79B9_7F4A_7C15, low: hash)
  }
}
