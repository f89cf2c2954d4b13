// The times of one batch of commands. What must hold: the second clock is read once for a batch,
// and again only where more than a second has passed, or the clock was set.

import EventSourcing

struct BatchClock {
  private let clock: GuardedClock
  private var judged: Timestamp?

  /// In microseconds; a step of this size is none that ``ClockRule`` refuses.
  private static let unjudgedMax = Int64(1_000_000)

  init(_ clock: GuardedClock) { self.clock = clock }

  /// The time that the next command records.
  ///
  /// - Throws: the jump that stands.
  mutating func now() throws(ClockJump) -> Timestamp {
    guard clock.isGuarded else { return clock.unjudged }
    if let judged {
      let time = clock.unjudged
      if abs(time.microseconds - judged.microseconds) <= Self.unjudgedMax { return time }
    }
    judged = nil
    let time = try clock.now()
    judged = time
    return time
  }
}
