// The two clocks of a machine. The first gives the time that events record; a person or a program
// can set it. The second cannot be set and goes on while the machine is suspended, so
// the first is judged by it.

public import EventSourcing
import Glibc

/// What both clocks of a machine show at one moment.
public struct ClockReading: Sendable, Hashable {
  /// CLOCK_REALTIME.
  public var time: Timestamp
  /// CLOCK_BOOTTIME, in microseconds since the machine started.
  public var sinceBoot: Int64

  public init(time: Timestamp, sinceBoot: Int64) {
    self.time = time
    self.sinceBoot = sinceBoot
  }

  /// The time that the first clock must show at a later moment, if it is not set meanwhile.
  public func time(at laterSinceBoot: Int64) -> Timestamp {
    Timestamp(microseconds: time.microseconds + laterSinceBoot - sinceBoot)
  }

  /// The second clock of this machine.
  public static var systemSinceBoot: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

extension Timestamp {
  /// The system's clock.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
