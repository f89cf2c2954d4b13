// The persons that keys.sqlite may hold, so that a new person costs no read of it. What must hold:
// a person in the file is never denied, so no person is denied before the whole file was read once.

internal import EventSourcing

struct KnownPersons: Sendable {
  private var filter: BloomFilter
  /// Whether every person who was in the file at first has been added.
  var isComplete = false

  /// - Parameter count: how many there are; there is room for as many again, and for a million at
  ///   least. Beyond that more and more new persons cost a read.
  init(count: Int) { filter = BloomFilter(keyCount: max(1_000_000, 2 * count)) }

  mutating func add(_ person: Person) { filter.add(Self.key(of: person)) }

  func mayHold(_ person: Person) -> Bool { !isComplete || filter.mayHold(Self.key(of: person)) }

  private static func key(of person: Person) -> BloomFilter.Key {
    let hash = UInt64(truncatingIfNeeded: person.hashValue)
    return BloomFilter.Key(high: hash &* 0x9E37_79B9_7F4A_7C15, low: hash)
  }
}
