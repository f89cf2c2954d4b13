// The two clocks of a machine, which a test may set, or let run for hours in no time.

import CommandHandling
public import EventSourcing
import Synchronization

/// The system's clocks, shifted.
public final class SettableClocks: Sendable {
  private struct Shift {
    /// Of both, in microseconds.
    var passed: Int64 = 0
    /// Of the one that can be set.
    var set: Int64 = 0
  }

  private let shift = Mutex(Shift())

  public init() {}

  /// What the clock that can be set shows.
  public var time: Timestamp {
    let shift = shift.withLock { $0 }
    return Timestamp(microseconds: Timestamp.now.microseconds + shift.passed + shift.set)
  }

  /// What the clock that cannot be set shows, in microseconds.
  public var sinceBoot: Int64 { ClockReading.systemSinceBoot + shift.withLock { $0.passed } }

  /// Sets the clock that can be set, forward or back.
  public func set(by step: Duration) { shift.withLock { $0.set += step.wholeMicroseconds } }

  /// Lets time pass.
  public func pass(_ time: Duration) { shift.withLock { $0.passed += time.wholeMicroseconds } }
}

extension Duration {
  fileprivate var wholeMicroseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
