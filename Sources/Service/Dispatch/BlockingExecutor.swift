// The threads on which handlers run, because a handler may block: it reads SQLite, signs, rebuilds.
// Swift's cooperative threads, of which a machine with one core has one, never wait for it.
//
// What must always hold: at most `threadCountMax` jobs run at once; the others wait in order.

import Dispatch
import Synchronization

package final class BlockingExecutor: TaskExecutor {
  /// As many as run at once where nothing else is said.
  package static let threadCountMax = 16

  private struct State {
    var threadCount = 0
    var waiting: [UnownedJob] = []
  }

  private let threadCountMax: Int
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "redress.handlers", attributes: .concurrent)

  init(threadCountMax: Int = BlockingExecutor.threadCountMax) {
    self.threadCountMax = threadCountMax
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFree = state.withLock { state in
      guard state.threadCount < threadCountMax else {
        state.waiting.append(job)
        return false
      }
      state.threadCount += 1
      return true
    }
    if isFree { queue.async { self.run(from: job) } }
  }

  /// Runs a piece of blocking work that is no task.
  func run(_ work: @escaping @Sendable () -> Void) {
    Task(executorPreference: self) { work() }
  }

  /// Runs a job, then those that wait.
  private func run(from first: UnownedJob) {
    var next: UnownedJob? = first
    while let job = next {
      job.runSynchronously(on: asUnownedTaskExecutor())
      next = state.withLock { state in
        if state.waiting.isEmpty {
          state.threadCount -= 1
          return nil
        }
        return state.waiting.removeFirst()
      }
    }
  }
}
