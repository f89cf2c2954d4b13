// How often something took how long. What must hold: recording takes no lock and allocates
// nothing, so that measuring costs the measured work nothing that is seen; the bounds never
// change, so that histograms of several processes can be added.

internal import Synchronization

/// A number that many threads add to.
public final class Counter: Sendable {
  private let number = Atomic<UInt64>(0)

  public init() {}

  public var value: UInt64 { number.load(ordering: .relaxed) }

  public func add(_ amount: UInt64 = 1) { number.add(amount, ordering: .relaxed) }
}

/// Counts durations by upper bounds.
public final class DurationHistogram: Sendable {
  /// In nanoseconds, ascending; longer durations have a bucket of their own.
  public static let bounds: [UInt64] = [
    100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
    50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
    5_000_000_000, 10_000_000_000,
  ]

  private let buckets = (0...bounds.count).map { _ in Counter() }
  private let sum = Counter()

  public init() {}

  /// What was recorded; parts that are recorded meanwhile may be in the sum and in no bucket yet.
  public struct Snapshot: Hashable, Sendable {
    /// By bound, each without the shorter ones; one more at the end for what is longer.
    public var counts: [UInt64]
    /// Nanoseconds.
    public var sum: UInt64

    public var count: UInt64 { counts.reduce(0, +) }
  }

  public var snapshot: Snapshot { Snapshot(counts: buckets.map(\.value), sum: sum.value) }

  /// - Parameter nanoseconds: of the monotonic clock.
  public func record(_ nanoseconds: UInt64) {
    var index = 0
    while index < Self.bounds.count, Self.bounds[index] < nanoseconds { index += 1 }
    buckets[index].add()
    sum.add(nanoseconds)
  }

  /// Records the time since a moment.
  public func record(since moment: Moment) { record(moment.elapsed) }
}
