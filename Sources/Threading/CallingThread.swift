// Runs asynchronous work on the thread that asks for it, for tools that have no other thread. What
// must hold: a job may block, since no cooperative thread runs it.

import _Concurrency

/// An executor whose jobs run on the thread that waits for their end.
public final class CallingThread: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var isOver = false
  }

  private let state = Monitor(State())

  private init() {}

  /// Runs `body` to its end, with everything that it awaits, on the calling thread.
  ///
  /// - Throws: what `body` throws.
  public static func run<R: Sendable>(
    _ body: @escaping @Sendable () async throws -> R
  ) throws -> R {
    let thread = CallingThread()
    let result = Monitor<Result<R, any Error>?>(nil)
    Task(executorPreference: thread) {
      let outcome: Result<R, any Error>
      do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
      result.withLock { $0 = outcome }
      thread.state.update { $0.isOver = true }
    }
    thread.runJobs()
    guard let outcome = result.withLock({ $0 }) else { preconditionFailure("it has no result") }
    return try outcome.get()
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.update { $0.jobs.append(job) }
  }

  /// Runs jobs in their order until the work is over.
  private func runJobs() {
    while let job = nextJob() { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  private func nextJob() -> UnownedJob? {
    state.wait(
      until: { !$0.jobs.isEmpty || $0.isOver },
      then: { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() })
  }
}
