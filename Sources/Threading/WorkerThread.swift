// A thread of the process for work that blocks: fsync, SQLite, signing, rebuilding. What must hold:
// when `join()` returns, the body has returned and everything that it captured has been released.

internal import Foundation
internal import Glibc

/// A named thread that runs one body from its creation on.
///
/// ```swift
/// let thread = WorkerThread(name: "log writer") { writeUntilClosed() }
/// queue.close()
/// thread.join()
/// ```
public final class WorkerThread: Sendable {
  /// How the scheduler treats a thread beside the others.
  public enum Priority: Sendable {
    case normal
    /// Gets a smaller share of a busy processor, by this many steps of niceness (1 to 19).
    case nice(Int32)
    /// Runs only while a processor is idle (`SCHED_IDLE`).
    case idle
  }

  private struct State {
    var id: pthread_t?
    var hasEnded = false
  }

  private let state = Monitor(State())

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - name: what debuggers and `top -H` show, cut after 15 bytes.
  ///   - priority: for its whole life.
  ///   - body: called once, on the thread.
  public init(
    name: String, priority: Priority = .normal, _ body: sending @escaping () -> Void
  ) {
    nonisolated(unsafe) let body = body
    let start = Start(
      name: name, priority: priority, body: body,
      end: { [state] in
        state.update { $0.hasEnded = true }
      })
    var id = pthread_t()
    let code = pthread_create(&id, nil, { run($0) }, Unmanaged.passRetained(start).toOpaque())
    precondition(code == 0, "the system refuses another thread: \(String(cString: strerror(code)))")
    pthread_detach(id)
    state.withLock { [id] in $0.id = id }
  }

  /// Whether the calling thread is this one.
  public var isCurrent: Bool {
    state.withLock { !$0.hasEnded && $0.id.map { pthread_equal($0, pthread_self()) != 0 } == true }
  }

  /// Waits until the thread has ended; any number of threads may.
  ///
  /// - Precondition: the calling thread is not this one.
  public func join() {
    precondition(!isCurrent, "a thread cannot wait for its own end")
    state.wait(until: \.hasEnded)
  }
}

/// What a new thread begins with.
private final class Start {
  let name: String
  let priority: WorkerThread.Priority
  var body: (() -> Void)?
  let end: () -> Void

  init(
    name: String, priority: WorkerThread.Priority, body: @escaping () -> Void,
    end: @escaping () -> Void
  ) {
    (self.name, self.priority, self.body, self.end) = (name, priority, body, end)
  }
}

/// SCHED_IDLE of linux/sched.h, which glibc shows to C alone.
private let idlePolicy: Int32 = 5

private func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
  Thread.current.name = start.name
  // On Linux both are the thread's own, not the process's.
  switch start.priority {
  case .normal: break
  case .nice(let steps): setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, steps)
  case .idle:
    var parameters = sched_param()
    sched_setscheduler(0, idlePolicy, &parameters)
  }
  start.body!()
  start.body = nil
  start.end()
  return nil
}
