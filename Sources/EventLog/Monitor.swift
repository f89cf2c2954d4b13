// State behind a mutex with a condition to wait on. Time-outs run on the monotonic clock, so
// setting the wall clock moves nothing.

internal import Glibc

/// State that one thread at a time may touch, and changes that others wait for.
final class Monitor<State>: @unchecked Sendable {
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ state: State) {
    self.state = state
    mutex.initialize(to: pthread_mutex_t())
    changed.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Reads or changes the state without waking anybody.
  func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Changes the state and wakes everybody who waits.
  func update<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    return try body(&state)
  }

  /// Waits until `ready` or the time is up, then reads or changes the state and wakes the others.
  func wait<R>(
    upTo timeout: Duration? = nil, until ready: (State) -> Bool, then body: (inout State) -> R
  ) -> R {
    let deadline = timeout.map { Monitor.deadline(after: $0) }
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    while !ready(state) {
      if var deadline {
        if pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT { break }
      } else {
        pthread_cond_wait(changed, mutex)
      }
    }
    return body(&state)
  }

  private static func deadline(after timeout: Duration) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = time.tv_nsec + Int(timeout.components.attoseconds / 1_000_000_000)
    time.tv_sec += Int(timeout.components.seconds) + nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    return time
  }
}
