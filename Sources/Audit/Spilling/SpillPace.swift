// When a replay moves something out of memory: after every so many bytes of lines of the whole log.
// So what is in memory is what those lines touched, however many tenants there are, however long
// the history is, and whether its events are large or small.

/// Counts bytes of lines, and makes the file when something has to go there.
struct SpillPace {
  /// A working set of some 50,000 aggregates stays in memory.
  static let standardSpan = 112 << 20

  /// In bytes.
  private let span: Int
  private var byteCount = 0
  private var file: SpillFile?

  init(span: Int = Self.standardSpan) { self.span = span }

  /// Counts bytes, and ends a span that is full.
  ///
  /// - Throws: `LogError.io` where the file cannot be made, and what the body throws.
  mutating func count(_ bytes: Int, endOfSpan: (SpillFile) throws -> Void) throws {
    byteCount += bytes
    guard byteCount >= span else { return }
    byteCount = 0
    let file = try file ?? SpillFile()
    self.file = file
    try endOfSpan(file)
  }
}
