// A filter of the persons that keys.sqlite may hold, which saves a read for each new person. What
// must hold: the filter never excludes a person in the file, so it excludes no person before the
// whole file was read once.

internal import EventSourcing

struct KnownPersons: Sendable {
  private var filter: BloomFilter
  /// Whether every person of the opened file has been added.
  var isComplete = false

  /// - Parameter count: the number of persons in the file. The filter has room for as many new
  ///   ones, at least a million; beyond that more and more new persons cost a read.
  init(count: Int) { filter = BloomFilter(keyCount: max(1_000_000, 2 * count)) }

  mutating func add(_ person: Person) { filter.add(Self.key(of: person)) }

  func mayHold(_ person: Person) -> Bool { !isComplete || filter.mayHold(Self.key(of: person)) }

  private static func key(of person: Person) -> BloomFilter.Key {
    let hash = UInt64(truncatingIfNeeded: person.hashValue)
    return BloomFilter.Key(high: hash &* 0x9E37_79B9_7F4A_7C15, low: hash)
  }
}
