// What the index knows of the newest commits, before it is in the database.

internal import Cryptography
internal import EventSourcing

/// The state of an aggregate after some of its events.
struct IndexedSnapshot: Sendable {
  var eventCount: Int
  /// The last of these events.
  var lastPosition: Position
  /// Called when the bytes are needed, on whatever thread needs them.
  var state: @Sendable () -> [UInt8]

  /// As the index stores it.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendNumber(UInt64(eventCount))
    bytes.appendNumber(lastPosition.value)
    bytes.append(contentsOf: state())
    return bytes
  }
}

extension IndexedSnapshot {
  init(_ bytes: UnsafeRawBufferPointer) throws(IndexDamage) {
    var reader = IndexValueReader(bytes: bytes)
    let number = try reader.number()
    guard number > 0, number < 1 << 60 else {
      throw IndexDamage(reason: "a state of so many events")
    }
    eventCount = Int(number)
    lastPosition = Position(try reader.number())
    let state = Array(reader.remainder)
    self.state = { state }
  }
}

/// A frame's commits, with their names as keys.
struct IndexFrame: Sendable {
  struct Commit: Sendable {
    var ordinal: Ordinal
    var firstPosition: Position
    var command: IndexKey
    /// Of each event.
    var streams: [IndexKey]
  }

  var commits: [Commit] = []
  var end: Ordinal
  /// The chain value after the last commit.
  var chain: Digest
}

/// The index's part for a run of commits.
struct IndexEntries: Sendable {
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
  /// How far the log is covered once these are in the database too.
  private(set) var end: Ordinal?
  private(set) var chain = Digest.zero

  /// Nothing to store: neither events nor anything else.
  var isEmpty: Bool { entries.isEmpty && snapshots.isEmpty && segments.isEmpty && end == nil }

  /// How much memory these take, counted in entries of about 80 bytes.
  var weight: Int { entries.count + snapshots.count * 16 }

  /// Adds the commits of a frame.
  mutating func add(_ frame: IndexFrame) {
    for commit in frame.commits { add(commit) }
    reach(frame.end, chain: frame.chain)
  }

  mutating func add(_ commit: IndexFrame.Commit) {
    let (ordinal, firstPosition) = (commit.ordinal, commit.firstPosition)
    let streams = commit.streams
    let run = EventRun(ordinal: ordinal, firstPosition: firstPosition, count: streams.count)
    // The same id again would be a fault of the caller; the first outcome stands.
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

  mutating func add(_ segment: FullSegmentRow) { segments.append(segment) }

  /// Says that everything up to the end of a frame has been added.
  mutating func reach(_ end: Ordinal, chain: Digest) {
    self.end = end
    self.chain = chain
  }

  /// Everything that something is stored under, in no order.
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
