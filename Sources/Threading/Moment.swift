// A moment on the monotonic clock, for measuring.

internal import Glibc

/// A moment from which time is measured.
public struct Moment: Sendable {
  private let nanoseconds: UInt64

  private init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  public static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  /// Since the machine started, as CLOCK_MONOTONIC counts.
  public var microseconds: UInt64 { nanoseconds / 1_000 }

  /// Nanoseconds since then.
  public var elapsed: UInt64 { Moment.now.nanoseconds - nanoseconds }
}
