// How many requests each caller may make, by the generic cell rate algorithm (GCRA, ITU-T I.371
// annex A). What must hold: a caller that keeps to its rate is never refused; no caller's requests
// count against another's; and what is kept does not grow with the callers of the past.

import Synchronization

/// How many requests a second each caller may make, on average over ten seconds.
public struct RateSettings: Sendable, Hashable {
  /// A person with a token.
  public var person = 20
  /// A program with a user of its own; each line of a request with many commands is one. The user
  /// that the service runs as, and root, have no limit.
  public var service = 5_000

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
  }

  /// For how many seconds a caller may save up requests.
  private static let burstSeconds: UInt64 = 10
  private static let strangerRate = 50

  private let state = Mutex(State())

  func apply(_ settings: RateSettings) { state.withLock { $0.settings = settings } }

  /// Of how many callers something is kept.
  var callerCount: Int { state.withLock { $0.due.count } }

  /// Counts requests that are made at once. More than may be saved up are one burst, which is paid
  /// for afterwards.
  ///
  /// - Parameter now: nanoseconds of a clock that never goes back.
  /// - Returns: after how many seconds to try again; `nil` if the requests may be made.
  func take(_ count: Int, by counter: RequestCounter, at now: UInt64) -> Int? {
    state.withLock { state in
      let rate =
        switch counter {
        case .person: state.settings.person
        case .service: state.settings.service
        case .stranger: Self.strangerRate
        }
      let interval = 1_000_000_000 / UInt64(rate)
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
