// Counts the requests of a caller over several nodes, in Redis, by the algorithm of `RequestRates`.
// What must hold: Redis' clock is the only one, so that nodes with different clocks agree; a Redis
// that is slow or gone costs one request in a while one time limit, not every request; the operator
// hears of it once, and once when it works again.

import Redis
import Synchronization
import Threading

/// Counts requests in a Redis.
final class SharedRates: Sendable {
  enum Decision: Equatable {
    case taken
    case refused(afterSeconds: Int)
  }

  private struct State {
    /// Connections that no request uses now; at most one for each thread that answers requests.
    var idle: [RedisConnection] = []
    var backOff = BackOff()
    var nextAttempt: ContinuousClock.Instant?
    /// What began the failure that lasts. Later attempts may fail with other messages.
    var failure: RedisError?
  }

  private let timeLimit: Duration
  private let address: RedisAddress
  private let now: @Sendable () -> ContinuousClock.Instant
  private let onChange: @Sendable (RedisError?) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - timeLimit: for connecting, and for each command.
  ///   - now: the clock of the waits between attempts.
  ///   - onChange: receives why an attempt failed, and `nil` when Redis works again or is no longer
  ///     used.
  init(
    at address: RedisAddress, timeLimit: Duration,
    now: @escaping @Sendable () -> ContinuousClock.Instant,
    onChange: @escaping @Sendable (RedisError?) -> Void
  ) {
    (self.address, self.timeLimit) = (address, timeLimit)
    (self.now, self.onChange) = (now, onChange)
  }

  deinit { onChange(nil) }

  /// Counts requests that are made at once.
  ///
  /// - Parameter rate: how many a second the caller may make.
  /// - Returns: `nil` while Redis cannot be used.
  func take(_ count: Int, by counter: RequestCounter, at rate: Int) -> Decision? {
    guard count > 0 else { return .taken }
    guard let attempt = begin() else { return nil }
    do throws(RedisError) {
      let connection: RedisConnection
      if let idle = attempt.connection {
        connection = idle
      } else {
        connection = try RedisConnection(to: address, timeLimit: timeLimit)
      }
      let decision = try GCRAScript.take(count, by: counter, at: rate, over: connection)
      succeeded(attempt, connection)
      return decision
    } catch {
      failed(attempt, error)
      return nil
    }
  }

  private struct Attempt {
    /// `nil` where a new one is needed.
    var connection: RedisConnection?
    /// Whether it finds out if Redis works again.
    var isProbe: Bool
  }

  /// - Returns: `nil` while Redis fails, but for one request after each wait.
  private func begin() -> Attempt? {
    state.withLock { state in
      let isProbe = state.backOff.isFailing
      if isProbe {
        let now = now()
        if let next = state.nextAttempt, now < next { return nil }
        state.nextAttempt = now + state.backOff.next()
      }
      return Attempt(connection: state.idle.popLast(), isProbe: isProbe)
    }
  }

  /// Only a probe ends a failure: what another request began before it says nothing of the present.
  private func succeeded(_ attempt: Attempt, _ connection: RedisConnection) {
    state.withLock { state in
      state.idle.append(connection)
      guard attempt.isProbe else { return }
      state.backOff.reset()
      state.failure = nil
    }
    if attempt.isProbe { onChange(nil) }
  }

  /// Requests that fail together are one failure.
  private func failed(_ attempt: Attempt, _ error: RedisError) {
    let failure = state.withLock { state -> RedisError? in
      state.idle = []
      if state.backOff.isFailing { return attempt.isProbe ? state.failure : nil }
      state.nextAttempt = now() + state.backOff.next()
      state.failure = error
      return error
    }
    if let failure { onChange(failure) }
  }
}
