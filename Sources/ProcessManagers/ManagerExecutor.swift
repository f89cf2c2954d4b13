// Runs the asynchronous work of a process manager on its own queue, so that blocking work never
// occupies one of Swift's cooperative threads.

import Dispatch
package import EventSourcing
package import Events
package import Projecting
package import Projections

/// An executor with a queue of its own.
package final class ManagerExecutor: TaskExecutor {
  private let queue: DispatchQueue

  package init(name: String) { queue = DispatchQueue(label: name) }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Starts asynchronous work that runs only on this executor.
  package func carryOut(_ work: @escaping @Sendable () async -> Void) {
    Task(executorPreference: self) { await work() }
  }
}

/// The due refunds, from the service's read model.
package struct ReadRefundWork: RefundWork {
  private let projections: ProjectionRuntime
  private let clock: @Sendable () -> Timestamp

  package init(
    projections: ProjectionRuntime, clock: @escaping @Sendable () -> Timestamp
  ) {
    self.projections = projections
    self.clock = clock
  }

  package func changed(after cursor: inout DueWork.Cursor, limit: Int) throws -> [RefundToExecute] {
    try projections.read(DueWork.self) {
      try DueWork.refundsToExecute(after: &cursor, at: clock(), limit: limit, in: $0)
    }
  }

  package func current(_ id: RefundID, of tenant: TenantID) throws -> RefundToExecute? {
    try projections.read(DueWork.self) {
      try DueWork.refundToExecute(id, tenant: tenant, in: $0)
    }
  }
}
