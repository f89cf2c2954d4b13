// Runs asynchronous work one piece at a time, when and in the order that a test or the simulation
// says.

import Synchronization

/// An executor whose work waits until it is run step by step on the calling thread.
package final class StepExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  package var count: Int { jobs.withLock { $0.count } }

  /// Runs one waiting piece up to where it waits for something again.
  package func runOne(at index: Int = 0) {
    let job = jobs.withLock { $0.remove(at: index) }
    job.runSynchronously(on: asUnownedTaskExecutor())
  }

  package func runAll() { while count > 0 { runOne() } }

  /// Begins asynchronous work, which runs here and nowhere else.
  package func carryOut(_ work: @escaping @Sendable () async -> Void) {
    Task(executorPreference: self) { await work() }
  }
}
