// The keys in memory: 32 bytes each in locked memory, as many as fit; the least recently used one
// is overwritten first. What must hold: a key that is not durable yet is never overwritten.

internal import Cryptography
internal import EventSourcing

/// Where a person's key lies in locked memory.
struct KeyRing {
  struct Entry {
    var person: Person
    var since: Position
    /// Used since the eviction hand passed it.
    var isRecent = true
    /// Not durable yet.
    var isPending = false
  }

  private let memory: LockedMemory
  private var entries: [Entry?]
  private var places: [Person: Int] = [:]
  private var hand = 0

  /// The number of entries that are not durable yet.
  private(set) var pendingCount = 0

  init(keyCount: Int) {
    memory = LockedMemory(byteCount: keyCount * AES256GCM.keyByteCount)
    entries = Array(repeating: nil, count: keyCount)
  }

  var isLocked: Bool { memory.isLocked }

  func since(at place: Int) -> Position? { entries[place]?.since }

  /// Whether a key is not durable yet.
  func isPending(at place: Int) -> Bool { entries[place]?.isPending == true }

  mutating func place(of person: Person) -> Int? {
    guard let place = places[person] else { return nil }
    entries[place]?.isRecent = true
    return place
  }

  /// The key at an index; valid until the ring changes.
  func key(at place: Int) -> UnsafeMutableRawBufferPointer {
    memory[place * AES256GCM.keyByteCount..<(place + 1) * AES256GCM.keyByteCount]
  }

  /// Allocates the place of a person's key.
  ///
  /// - Returns: `nil` while every key waits to become durable.
  mutating func add(_ entry: Entry) -> Int? {
    guard pendingCount < entries.count else { return nil }
    while let old = entries[hand], old.isRecent || old.isPending {
      entries[hand]?.isRecent = false
      hand = (hand + 1) % entries.count
    }
    let place = hand
    hand = (hand + 1) % entries.count
    remove(at: place)
    entries[place] = entry
    places[entry.person] = place
    if entry.isPending { pendingCount += 1 }
    return place
  }

  mutating func markDurable(_ person: Person) {
    guard let place = places[person], entries[place]?.isPending == true else { return }
    entries[place]?.isPending = false
    pendingCount -= 1
  }

  /// Overwrites a person's key.
  mutating func remove(_ person: Person) {
    if let place = places[person] { remove(at: place) }
  }

  private mutating func remove(at place: Int) {
    guard let old = entries[place] else { return }
    if old.isPending { pendingCount -= 1 }
    places[old.person] = nil
    entries[place] = nil
    memory.erase(place * AES256GCM.keyByteCount..<(place + 1) * AES256GCM.keyByteCount)
  }
}
