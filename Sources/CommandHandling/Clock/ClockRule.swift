// Decides whether the time that the system's clock shows may be recorded. It is pure: both clocks
// are values. What must hold: a clock that comes back is believed again.

public import EventSourcing

/// How far the system's clock may jump before an operator has to accept it.
public struct ClockRule: Sendable, Hashable {
  /// The largest difference, in microseconds, between how far the two clocks have advanced, and
  /// between the last event and an earlier clock: 5 minutes.
  public static let stepMax = Int64(5 * 60 * 1_000_000)

  /// The values that ``idleDaysMax`` may have.
  public static let idleDays = 1...36_500

  /// How many days may pass, at the start of a service, since the last event.
  public var idleDaysMax: Int

  public init(idleDaysMax: Int = 30) { self.idleDaysMax = idleDaysMax }

  /// The jump that a reading shows.
  ///
  /// - Parameters:
  ///   - accepted: the last reading that was accepted; `nil` at the start.
  ///   - lastRecorded: the recorded time of the log's last event; `nil` for an empty log. It counts
  ///     at the start only.
  /// - Returns: `nil` where the time may be recorded.
  public func jump(
    at reading: ClockReading, accepted: ClockReading?, lastRecorded: Timestamp?
  ) -> ClockJump? {
    if let accepted {
      let expected = accepted.time(at: reading.sinceBoot)
      let step = reading.time.microseconds - expected.microseconds
      if step > Self.stepMax { return ClockJump(.setForward, from: expected, to: reading.time) }
      if step < -Self.stepMax { return ClockJump(.setBack, from: expected, to: reading.time) }
      return nil
    }
    guard let lastRecorded else { return nil }
    let passed = reading.time.microseconds - lastRecorded.microseconds
    if passed < -Self.stepMax {
      return ClockJump(.beforeLastEvent, from: lastRecorded, to: reading.time)
    }
    if passed > Int64(idleDaysMax) * 86_400_000_000 {
      return ClockJump(
        .longSilence(daysMax: idleDaysMax), from: lastRecorded, to: reading.time)
    }
    return nil
  }
}
