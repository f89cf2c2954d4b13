// How many requests each caller may make, by the generic cell rate algorithm (GCRA, ITU-T I.371
// annex A). What must hold: a caller that keeps to its rate is never refused; no caller's requests
// count against another's; and what is kept does not grow with the callers of the past. Nodes with
// one Redis count together while it answers, and each for itself otherwise.

public import Redis
import Synchronization
import Threading

/// How many requests a second each caller may make, on average over ten seconds.
public struct RateSettings: Sendable, Hashable {
  /// A person with a token.
  public var person = 20
  /// A program with a user of its own; each line of a request with many commands is one. The user
  /// that the service runs as, and root, have no limit.
  public var service = 5_000
  /// The Redis in which several nodes count together; each counts for itself if `nil`.
  public var redis: RedisAddress?

  public static let range = 1...1_000_000

  public init() {}
}

/// Whose requests are counted together.
enum RequestCounter: Hashable, Sendable {
  case person(String)
  case service(String)
  /// Requests without a principal for one route, by user; `nil` for the loopback address.
  case stranger(UInt32?, route: String)
}

/// Counts requests.
final class RequestRates: Sendable {
  private struct State {
    var settings = RateSettings()
    /// When each caller would have made its requests at its rate, in nanoseconds.
    var due: [RequestCounter: UInt64] = [:]
    var purgeCount = 10_000
    /// Counts for several nodes.
    var shared: SharedRates?

    func rate(of counter: RequestCounter) -> Int {
      switch counter {
      case .person: settings.person
      case .service: settings.service
      case .stranger: RequestRates.strangerRate
      }
    }
  }

  /// For how many seconds a caller may save up requests.
  static let burstSeconds: UInt64 = 10
  private static let strangerRate = 50

  private let state = Mutex(State())
  private let onShared: @Sendable (RedisError?) -> Void

  private let timeLimit: Duration
  private let now: @Sendable () -> ContinuousClock.Instant

  /// - Parameters:
  ///   - timeLimit: after which a Redis that does not answer is left alone for a while.
  ///   - now: the clock by which a Redis that failed is tried again.
  ///   - onShared: receives why counting in Redis failed, and `nil` when it works again.
  init(
    timeLimit: Duration = .milliseconds(100),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    onShared: @escaping @Sendable (RedisError?) -> Void = { _ in }
  ) {
    (self.timeLimit, self.now, self.onShared) = (timeLimit, now, onShared)
  }

  func apply(_ settings: RateSettings) {
    // Its connections are closed outside the lock.
    let replaced = state.withLock { state -> SharedRates? in
      defer { state.settings = settings }
      guard settings.redis != state.settings.redis else { return nil }
      defer {
        state.shared = settings.redis.map {
          SharedRates(at: $0, timeLimit: timeLimit, now: now, onChange: onShared)
        }
      }
      return state.shared
    }
    _ = replaced
  }

  /// Whether counting may wait for a Redis.
  var isShared: Bool { state.withLock { $0.shared != nil } }

  /// Of how many callers something is kept.
  var callerCount: Int { state.withLock { $0.due.count } }

  /// Counts requests that are made at once, in Redis where there is one that answers. More than may
  /// be saved up are one burst, which is paid for afterwards.
  ///
  /// - Returns: after how many seconds to try again; `nil` if the requests may be made.
  func take(_ count: Int, by counter: RequestCounter) -> Int? {
    let (shared, rate) = state.withLock { ($0.shared, $0.rate(of: counter)) }
    switch shared?.take(count, by: counter, at: rate) {
    case .taken: return nil
    case .refused(let seconds): return seconds
    case nil: return take(count, by: counter, at: Moment.now.microseconds * 1_000)
    }
  }

  /// Counts requests that are made at once, in this process.
  ///
  /// - Parameter now: nanoseconds of a clock that never goes back.
  /// - Returns: after how many seconds to try again; `nil` if the requests may be made.
  func take(_ count: Int, by counter: RequestCounter, at now: UInt64) -> Int? {
    state.withLock { state in
      let interval = 1_000_000_000 / UInt64(state.rate(of: counter))
      let tolerance = Self.burstSeconds * 1_000_000_000
      let due = max(state.due[counter] ?? 0, now)
      let cost = UInt64(count) * interval
      let late = due - now + min(cost, tolerance)
      guard late <= tolerance else {
        return Int((late - tolerance) / 1_000_000_000) + 1
      }
      state.due[counter] = due + cost
      if state.due.count > state.purgeCount {
        state.due = state.due.filter { $0.value > now }
        state.purgeCount = max(10_000, 2 * state.due.count)
      }
      return nil
    }
  }
}
