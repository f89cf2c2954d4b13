// Runs the asynchronous work of a process manager on its own queue, so that blocking work never
// occupies one of Swift's cooperative threads.

public import CommandHandling
import Dispatch
public import EventLog
public import EventSourcing
import Events
public import Gateways
public import Projecting
import Projections

/// An executor with a queue of its own.
final class ManagerExecutor: TaskExecutor {
  private let queue: DispatchQueue

  init(name: String) { queue = DispatchQueue(label: name) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Starts asynchronous work that runs only on this executor.
  func carryOut(_ work: @escaping @Sendable () async -> Void) {
    Task(executorPreference: self) { await work() }
  }
}

/// The due refunds, from the service's read model.
struct ReadRefundWork: RefundWork {
  var projections: ProjectionRuntime
  var clock: @Sendable () -> Timestamp

  func changed(after cursor: inout DueWork.Cursor, limit: Int) throws -> [RefundToExecute] {
    try projections.read(DueWork.self) {
      try DueWork.refundsToExecute(after: &cursor, at: clock(), limit: limit, in: $0)
    }
  }

  func current(_ id: RefundID, of tenant: TenantID) throws -> RefundToExecute? {
    try projections.read(DueWork.self) {
      try DueWork.refundToExecute(id, tenant: tenant, in: $0)
    }
  }
}

extension RefundExecution {
  /// Pays the due refunds of the service's read model.
  public convenience init(
    sequencer: Sequencer, gateway: any PaymentGateway, log: EventLog,
    projections: ProjectionRuntime, clock: @escaping @Sendable () -> Timestamp
  ) {
    let executor = ManagerExecutor(name: "redress.refund-execution")
    self.init(
      submit: { await sequencer.submit($0) }, gateway: gateway, log: log,
      work: ReadRefundWork(projections: projections, clock: clock), clock: clock,
      carryOut: { executor.carryOut($0) },
      pause: { try? await Task.sleep(for: .seconds(1 << min($0, 6))) })
  }
}
