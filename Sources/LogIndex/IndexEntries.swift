// The index's entries of the newest commits, before they are in the database.

public import Cryptography
public import EventSourcing

/// Entries that become one run of the index.
public struct IndexEntries: Sendable {
  /// One value; those of a key are chained, the newest first.
  struct Entry: Sendable {
    var key: IndexKey
    var run: EventRun
    var previous: Int32
  }

  private(set) var entries: [Entry] = []
  private var last: [IndexKey: Int32] = [:]
  private(set) var snapshots: [IndexKey: IndexedSnapshot] = [:]
  /// Segments that became full.
  private(set) var segments: [FullSegmentRow] = []
  private(set) var eventCount = 0
  /// The end of the index once these entries are stored; `nil` leaves it where it is.
  private(set) var end: Ordinal?
  private(set) var chain = Digest.zero

  /// No entries.
  public init() {}

  /// No entries, with the memory for those of a whole run: the log's writer adds them, and moving
  /// them to larger memory again and again would hold it up.
  init(reservingWeight weight: Int) {
    entries.reserveCapacity(weight)
    last.reserveCapacity(weight)
  }

  /// Whether there is nothing to store.
  public var isEmpty: Bool {
    entries.isEmpty && snapshots.isEmpty && segments.isEmpty && end == nil
  }

  /// The memory that these take, in entries of about 80 bytes.
  public var weight: Int { entries.count + snapshots.count * 16 }

  /// Adds a commit after all others.
  public mutating func add(_ commit: IndexedCommit, using keys: IndexKeys) {
    add(KeyedCommit(commit, using: keys))
  }

  mutating func add(_ commit: KeyedCommit) {
    let (ordinal, firstPosition) = (commit.ordinal, commit.firstPosition)
    let streams = commit.streams
    let run = EventRun(ordinal: ordinal, firstPosition: firstPosition, count: streams.count)
    // The first outcome of a command stands.
    if last[commit.command] == nil { append(commit.command, run) }
    var index = 0
    while index < streams.count {
      var end = index + 1
      while end < streams.count && streams[end] == streams[index] { end += 1 }
      append(
        streams[index],
        EventRun(
          ordinal: ordinal, firstPosition: firstPosition.advanced(by: index), count: end - index))
      index = end
    }
    eventCount += streams.count
  }

  private mutating func append(_ key: IndexKey, _ run: EventRun) {
    let index = Int32(entries.count)
    entries.append(Entry(key: key, run: run, previous: last.updateValue(index, forKey: key) ?? -1))
  }

  mutating func keep(_ snapshot: IndexedSnapshot, under key: IndexKey) {
    snapshots[key] = snapshot
  }

  /// Adds what is stored of a full segment.
  public mutating func add(_ segment: FullSegmentRow) { segments.append(segment) }

  /// Notes how much of the log has been added.
  ///
  /// - Parameters:
  ///   - end: every commit below has been added.
  ///   - chain: the log's chain value there.
  public mutating func reach(_ end: Ordinal, chain: Digest) {
    self.end = end
    self.chain = chain
  }

  /// The keys of all entries and snapshots, in no order.
  var keys: [IndexKey] { Array(last.keys) + snapshots.keys }

  /// The runs of events stored under a key, in order.
  func runs(of key: IndexKey) -> [EventRun] {
    var runs: [EventRun] = []
    var index = last[key] ?? -1
    while index >= 0 {
      runs.append(entries[Int(index)].run)
      index = entries[Int(index)].previous
    }
    runs.reverse()
    return runs
  }

  func forEachRun(of key: IndexKey, _ body: (EventRun) -> Void) {
    guard let index = last[key] else { return }
    // Most keys have one.
    if entries[Int(index)].previous < 0 { return body(entries[Int(index)].run) }
    runs(of: key).forEach(body)
  }
}
