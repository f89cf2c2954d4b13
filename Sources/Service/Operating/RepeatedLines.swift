// Holds back what was said already, so that a failure that lasts is one line and then a number.
// What must hold: what is said for the first time is never held back, what was held back is
// counted in the next line that says the same, and the memory that this takes is bounded.

import EventSourcing

struct RepeatedLines {
  private struct Said {
    var writtenAt: Int64
    var heldBackCount = 0
    var line: LogLine
  }

  private struct Key: Hashable {
    var component: String
    var message: String
  }

  /// How long the same is held back, in microseconds.
  static let interval: Int64 = 60_000_000
  private static let countMax = 1_000

  private var said: [Key: Said] = [:]

  /// Notes one line; what only informs is always written.
  ///
  /// - Parameter now: microseconds of a clock that cannot be set.
  /// - Returns: how often the same was held back before, or `nil` to hold this one back too.
  mutating func note(_ line: LogLine, at now: Int64) -> Int? {
    guard line.level != .info else { return 0 }
    let key = Key(component: line.component, message: line.message.description)
    guard let last = said[key] else {
      if said.count >= Self.countMax {
        said = said.filter { now - $0.value.writtenAt < Self.interval }
      }
      if said.count < Self.countMax { said[key] = Said(writtenAt: now, line: line) }
      return 0
    }
    if now - last.writtenAt < Self.interval {
      said[key]?.heldBackCount += 1
      return nil
    }
    said[key] = Said(writtenAt: now, line: line)
    return last.heldBackCount
  }

  /// What was held back and not counted in a line yet.
  mutating func takeHeldBack() -> [(line: LogLine, count: Int)] {
    defer { said = [:] }
    return said.values.filter { $0.heldBackCount > 0 }.sorted { $0.writtenAt < $1.writtenAt }
      .map { ($0.line, $0.heldBackCount) }
  }
}
