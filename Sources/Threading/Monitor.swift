// State behind a lock, with a condition to wait on. What must hold: a body runs with the lock held,
// so it is short and never blocks. A thread that waits is a thread of its own (``WorkerThread``) or
// the main thread, never one of Swift's cooperative threads.

/// State that one thread at a time may use, and whose changes other threads wait for.
public final class Monitor<State>: @unchecked Sendable {
  @usableFromInline var state: State
  @usableFromInline let condition = Condition()

  /// - Parameter state: the state that the monitor guards from now on.
  @inlinable
  public init(_ state: State) { self.state = state }

  /// Reads or changes the state without waking a waiting thread.
  ///
  /// - Throws: what `body` throws.
  @inlinable
  public func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    condition.lock()
    defer { condition.unlock() }
    return try body(&state)
  }

  /// Changes the state and wakes all waiting threads, which then look at it again.
  ///
  /// - Throws: what `body` throws.
  @inlinable
  public func update<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    condition.lock()
    defer { condition.broadcastAndUnlock() }
    return try body(&state)
  }

  /// Waits until `ready` or the time is up, then reads or changes the state and wakes the others.
  ///
  /// - Parameters:
  ///   - timeout: on the monotonic clock; `nil` waits for as long as it takes.
  ///   - ready: a condition on the state, called with the lock held after each change.
  ///   - body: called once, with the lock held, also when the time is up.
  @inlinable
  public func wait<R>(
    upTo timeout: Duration? = nil, until ready: (State) -> Bool, then body: (inout State) -> R
  ) -> R {
    condition.lock()
    defer { condition.broadcastAndUnlock() }
    condition.wait(upTo: timeout) { ready(state) }
    return body(&state)
  }

  /// Waits until `ready` or the time is up.
  @inlinable
  public func wait(upTo timeout: Duration? = nil, until ready: (State) -> Bool) {
    condition.lock()
    defer { condition.unlock() }
    condition.wait(upTo: timeout) { ready(state) }
  }
}
