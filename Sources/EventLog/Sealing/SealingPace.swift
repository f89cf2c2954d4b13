// Sealing must not slow down a busy log: while many commits arrive, it works a tenth of the time,
// and catches up when fewer do. Each rest ends.

internal import EventSourcing

/// Decides between two blocks how long the sealer rests.
struct SealingPace {
  /// With fewer commits per second there is a core to spare.
  private static let busyRate = 5_000.0
  /// How much longer than the work the rest is.
  private static let restFactor = 9

  private var end: Ordinal?
  private var begin = ContinuousClock.now

  /// - Parameter end: that of the log now.
  /// - Returns: how long to rest after the work since the last call of ``goOn(at:)``.
  func rest(at end: Ordinal) -> Duration {
    let work = begin.duration(to: .now)
    guard let before = self.end,
      Double(end.value - before.value) > Self.busyRate * (work / .seconds(1))
    else { return .zero }
    return work * Self.restFactor
  }

  /// Says that work begins.
  mutating func goOn(at end: Ordinal) {
    self.end = end
    begin = .now
  }
}
