// How long a part that failed waits before it tries again. What must hold: the waits grow, so that
// a fault that lasts costs little, and stay short, so that a part goes on soon after the fault.

/// Waits of 1, 2, 4, 8 and then 16 seconds, until something succeeds.
public struct BackOff: Sendable {
  private let first: Duration
  private let limit: Duration
  private var last: Duration?

  /// - Parameters:
  ///   - first: the wait after the first failure; each later one is twice as long.
  ///   - limit: the longest wait.
  public init(first: Duration = .seconds(1), limit: Duration = .seconds(16)) {
    (self.first, self.limit) = (first, limit)
  }

  /// Whether the last attempt failed.
  public var isFailing: Bool { last != nil }

  /// Notes a failure.
  ///
  /// - Returns: the wait before the next attempt.
  public mutating func next() -> Duration {
    let next = min(last.map { $0 * 2 } ?? first, limit)
    last = next
    return next
  }

  /// Notes that an attempt succeeded.
  public mutating func reset() { last = nil }
}
