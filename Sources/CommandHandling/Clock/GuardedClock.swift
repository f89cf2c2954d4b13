// The clock that recorded times come from. What must hold: every recorded time passes ``now()`` or
// ``BatchClock``, which refuse it while the system's clock has jumped and no operator has accepted
// that; and due times follow ``present``, which goes on as if the clock had not jumped.

public import EventSourcing
import Synchronization

/// The system's clock, believed only while it agrees with a clock that cannot be set.
public final class GuardedClock: Sendable {
  private struct State {
    var rule: ClockRule
    var accepted: ClockReading?
    var lastRecorded: Timestamp?
    var standing: ClockJump?
  }

  private let time: @Sendable () -> Timestamp
  private let sinceBoot: (@Sendable () -> Int64)?
  /// Of the second clock, when this one was made.
  private let begin: Int64
  private let onChange: @Sendable (ClockJump?) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - time: the clock that can be set.
  ///   - sinceBoot: the one that cannot, in microseconds; `nil` believes every time.
  ///   - lastRecorded: the recorded time of the log's last event; `nil` for an empty log.
  ///   - onChange: called when a jump begins to stand, and with `nil` when it no longer does.
  public init(
    time: @escaping @Sendable () -> Timestamp, sinceBoot: (@Sendable () -> Int64)?,
    rule: ClockRule = ClockRule(), lastRecorded: Timestamp? = nil,
    onChange: @escaping @Sendable (ClockJump?) -> Void = { _ in }
  ) {
    self.time = time
    self.sinceBoot = sinceBoot
    self.onChange = onChange
    begin = sinceBoot?() ?? 0
    state = Mutex(State(rule: rule, lastRecorded: lastRecorded))
  }

  /// A clock whose every time is believed.
  public convenience init(unguarded time: @escaping @Sendable () -> Timestamp) {
    self.init(time: time, sinceBoot: nil)
  }

  /// The time that may be recorded.
  ///
  /// - Throws: the jump that stands.
  public func now() throws(ClockJump) -> Timestamp {
    let (reading, jump) = judge()
    if let jump { throw jump }
    return reading.time
  }

  /// The time now, without the jump that stands.
  public var present: Timestamp {
    guard sinceBoot != nil else { return time() }
    let (reading, jump) = judge()
    if jump == nil { return reading.time }
    return state.withLock { state in
      let base =
        state.accepted
        ?? ClockReading(time: state.lastRecorded ?? reading.time, sinceBoot: begin)
      return base.time(at: reading.sinceBoot)
    }
  }

  /// The jump that stands now.
  public var jump: ClockJump? { judge().jump }

  /// What the clocks show, and the jump that stands.
  public var status: ClockStatus {
    let (reading, jump) = judge()
    return state.withLock { state in
      let step = state.accepted.map {
        reading.time.microseconds - $0.time(at: reading.sinceBoot).microseconds
      }
      return ClockStatus(
        time: reading.time, lastRecorded: state.lastRecorded, step: step, jump: jump)
    }
  }

  /// Whether any jump is refused.
  var isGuarded: Bool { sinceBoot != nil }

  /// The system's clock as it is.
  var unjudged: Timestamp { time() }

  /// Both clocks as they are.
  func read() -> ClockReading { ClockReading(time: time(), sinceBoot: sinceBoot?() ?? 0) }

  /// Goes on from a reading.
  func accept(_ reading: ClockReading) {
    let isChange = state.withLock { state in
      state.accepted = reading
      defer { state.standing = nil }
      return state.standing != nil
    }
    if isChange { onChange(nil) }
  }

  /// Notes the latest time that was recorded.
  func note(recorded: Timestamp) {
    state.withLock { $0.lastRecorded = max($0.lastRecorded ?? recorded, recorded) }
  }

  /// Judges by another rule from here on.
  public func apply(_ rule: ClockRule) { state.withLock { $0.rule = rule } }

  private func judge() -> (reading: ClockReading, jump: ClockJump?) {
    guard sinceBoot != nil else { return (read(), nil) }
    let (reading, jump, isChange) = state.withLock { state in
      // Within the lock, so that a later call never judges an earlier reading.
      let reading = read()
      let jump = state.rule.jump(
        at: reading, accepted: state.accepted, lastRecorded: state.lastRecorded)
      if jump == nil, state.accepted == nil { state.accepted = reading }
      defer { state.standing = jump }
      return (reading, jump, (jump == nil) != (state.standing == nil))
    }
    if isChange { onChange(jump) }
    return (reading, jump)
  }
}

/// What the clocks show.
public struct ClockStatus: Sendable, Hashable {
  /// Of the system's clock.
  public var time: Timestamp
  /// `nil` for an empty log.
  public var lastRecorded: Timestamp?
  /// How far, in microseconds, the system's clock was set since it was last accepted; `nil` where
  /// it was not accepted since the start.
  public var step: Int64?
  /// Why commands are refused; `nil` where they are not.
  public var jump: ClockJump?

  public init(time: Timestamp, lastRecorded: Timestamp?, step: Int64?, jump: ClockJump?) {
    (self.time, self.lastRecorded, self.step, self.jump) = (time, lastRecorded, step, jump)
  }

  /// How far, in microseconds, the last recorded time is ahead of the clock; recorded times stand
  /// still until the clock has caught up.
  public var recordedAhead: Int64 {
    max(0, (lastRecorded ?? time).microseconds - time.microseconds)
  }
}
