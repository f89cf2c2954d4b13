// A set that remembers what was inserted, most of it in a file.

/// What was inserted so far.
struct SpillingSet<Element: Hashable>: Sendable {
  private var recent: Set<SpillKey> = []
  /// `nil` while everything is in memory.
  private var spilled: SpilledRuns?
  private var file: SpillFile?

  /// - Returns: whether the element was not there.
  mutating func insert(_ element: Element) -> Bool {
    let key = SpillKey(element)
    do {
      if try spilled?.place(of: key) != nil { return false }
    } catch { file?.note(error) }
    return recent.insert(key).inserted
  }

  /// Moves all elements out of memory.
  mutating func spill(into file: SpillFile) throws {
    var runs = spilled ?? SpilledRuns(in: file)
    try runs.add(recent.map { SpillEntry(key: $0, place: 0) })
    (spilled, self.file) = (runs, file)
    recent.removeAll(keepingCapacity: true)
  }
}
