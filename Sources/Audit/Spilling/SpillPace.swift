// When a replay moves something out of memory: after every so many events of the whole log. So what
// is in memory is what those events touched, however many tenants there are and however long the
// history is.

/// Counts events, and makes the file when something has to go there.
struct SpillPace {
  /// A working set of some 100,000 aggregates stays in memory.
  static let standardSpan = 1 << 18

  /// In events.
  private let span: Int
  private var eventCount = 0
  private var file: SpillFile?

  init(span: Int = Self.standardSpan) { self.span = span }

  /// Counts events, and ends a span that is full.
  ///
  /// - Throws: `LogError.io` where the file cannot be made, and what the body throws.
  mutating func count(_ events: Int, endOfSpan: (SpillFile) throws -> Void) throws {
    eventCount += events
    guard eventCount >= span else { return }
    eventCount = 0
    let file = try file ?? SpillFile()
    self.file = file
    try endOfSpan(file)
  }
}
