// Runs asynchronous work one piece at a time, when and in the order that the simulation says.

internal import Synchronization

final class StepExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  var count: Int { jobs.withLock { $0.count } }

  /// Runs one waiting piece up to where it waits for something again.
  func runOne(at index: Int = 0) {
    let job = jobs.withLock { $0.remove(at: index) }
    job.runSynchronously(on: asUnownedTaskExecutor())
  }

  func runAll() { while count > 0 { runOne() } }

  /// Begins asynchronous work, which runs here and nowhere else.
  func carryOut(_ work: @escaping @Sendable () async -> Void) {
    Task(executorPreference: self) { await work() }
  }
}
