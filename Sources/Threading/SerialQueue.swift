// Work that runs one piece after the other, apart from the thread that hands it over. What must
// hold: blocking work may run here, since no Swift Task does; all of a queue's work runs on one
// thread, so that a debugger finds it there, and so does a fault that is injected into the calls of
// a thread.

/// Runs work in the order in which it is handed over.
public struct SerialQueue: Sendable {
  public typealias Work = @Sendable () -> Void

  private let enqueue: @Sendable (@escaping Work) -> Void
  private let drain: @Sendable () -> Void

  /// A queue with a thread, which ends with the last copy of the queue.
  ///
  /// - Parameter name: what debuggers and `top -H` show, cut after 15 bytes.
  public init(name: String) {
    let thread = QueueThread(name: name)
    enqueue = { thread.run($0) }
    drain = { thread.finish() }
  }

  /// A queue for a simulation.
  ///
  /// - Parameter enqueue: runs the work, now or later, on the thread of the simulation.
  public init(enqueue: @escaping @Sendable (@escaping Work) -> Void) {
    self.enqueue = enqueue
    drain = {}
  }

  public func run(_ work: @escaping Work) { enqueue(work) }

  /// Returns once everything that was handed over before has run.
  ///
  /// - Precondition: none of the queue's work calls it.
  public func finish() { drain() }
}

private final class QueueThread: Sendable {
  private struct State {
    var waiting: [SerialQueue.Work] = []
    /// How many were handed over, and how many of them have run.
    var (addedCount, doneCount): (UInt64, UInt64) = (0, 0)
    var isClosed = false
  }

  private let state: Monitor<State>

  init(name: String) {
    let state = Monitor(State())
    self.state = state
    // It holds the state alone, so that it does not keep the queue that it ends with.
    _ = WorkerThread(name: name) {
      while let works = Self.next(of: state) {
        for work in works {
          work()
          state.update { $0.doneCount += 1 }
        }
      }
    }
  }

  deinit { state.update { $0.isClosed = true } }

  func run(_ work: @escaping SerialQueue.Work) {
    state.update { state in
      state.waiting.append(work)
      state.addedCount += 1
    }
  }

  func finish() {
    let count = state.withLock { $0.addedCount }
    state.wait(until: { $0.doneCount >= count })
  }

  /// - Returns: `nil` at the end.
  private static func next(of state: Monitor<State>) -> [SerialQueue.Work]? {
    state.wait(
      until: { !$0.waiting.isEmpty || $0.isClosed },
      then: { state in
        defer { state.waiting = [] }
        return state.waiting.isEmpty ? nil : state.waiting
      })
  }
}
