// The runs of one dictionary or set. What must hold: of a key that is in several runs the newest
// entry counts; each run has at least twice the entries of the next, so that they stay few.

import EventLog

/// All entries that were moved out of memory.
struct SpilledRuns: Sendable {
  private let file: SpillFile
  /// The oldest, which is the largest, first.
  private var runs: [SpilledRun] = []

  private static let stepEntryCount = 4096

  init(in file: SpillFile) { self.file = file }

  /// The place of a key's newest value; `nil` for a key that was never added.
  func place(of key: SpillKey) throws(LogError) -> Int? {
    for run in runs.reversed() {
      if let place = try run.place(of: key) { return place }
    }
    return nil
  }

  /// - Parameter entries: with different keys, in any order.
  mutating func add(_ entries: [SpillEntry]) throws(LogError) {
    if entries.isEmpty { return }
    var run = SpilledRun(entryCount: entries.count, in: file)
    try run.append(entries.sorted { $0.key < $1.key })
    while let older = runs.last, older.entryCount < 2 * run.entryCount {
      run = try merged(older, run)
      runs.removeLast()
    }
    runs.append(run)
  }

  private func merged(_ older: SpilledRun, _ newer: SpilledRun) throws(LogError) -> SpilledRun {
    var run = SpilledRun(entryCount: older.entryCount + newer.entryCount, in: file)
    var (old, new) = (SpilledRunReader(older), SpilledRunReader(newer))
    var buffer: [SpillEntry] = []
    while let entry = try next(&old, &new) {
      buffer.append(entry)
      if buffer.count == Self.stepEntryCount {
        try run.append(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try run.append(buffer)
    return run
  }

  /// The entry with the smallest key; of two with the same key the newer one.
  private func next(
    _ older: inout SpilledRunReader, _ newer: inout SpilledRunReader
  ) throws(LogError) -> SpillEntry? {
    guard let new = try newer.next() else { return try older.take() }
    guard let old = try older.next(), old.key <= new.key else { return try newer.take() }
    if old.key == new.key { _ = try newer.take() }
    _ = try older.take()
    return old.key == new.key ? new : old
  }
}

/// The entries of a run, in the order of their keys.
private struct SpilledRunReader {
  private let run: SpilledRun
  private var buffer: ArraySlice<SpillEntry> = []
  private var readCount = 0

  private static let stepEntryCount = 4096

  init(_ run: SpilledRun) { self.run = run }

  /// The next entry, which stays the next.
  mutating func next() throws(LogError) -> SpillEntry? {
    if buffer.isEmpty {
      buffer = try run.entries(from: readCount, count: Self.stepEntryCount)[...]
      readCount += buffer.count
    }
    return buffer.first
  }

  mutating func take() throws(LogError) -> SpillEntry? {
    try next() == nil ? nil : buffer.removeFirst()
  }
}
