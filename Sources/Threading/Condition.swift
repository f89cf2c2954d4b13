// A mutex with its condition variable, from POSIX. Time-outs run on the monotonic clock, so that
// setting the wall clock moves none of them.

internal import Glibc

/// The lock of a ``Monitor``, without the state that it guards.
@usableFromInline
final class Condition: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  @usableFromInline
  init() {
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

  @usableFromInline
  func lock() { pthread_mutex_lock(mutex) }

  @usableFromInline
  func unlock() { pthread_mutex_unlock(mutex) }

  /// Wakes every waiting thread and unlocks.
  @usableFromInline
  func broadcastAndUnlock() {
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Waits, with the lock held on entry and on return, until `isReady` or the time is up.
  @usableFromInline
  func wait(upTo timeout: Duration?, until isReady: () -> Bool) {
    guard let timeout else {
      while !isReady() { pthread_cond_wait(changed, mutex) }
      return
    }
    var deadline = Condition.deadline(after: timeout)
    while !isReady() {
      if pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT { return }
    }
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
