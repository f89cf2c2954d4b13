// The parts of a node that decide, erase and pay, on any disk, clock, keys and gateway, and on
// threads of their own or step by step. `Node` adds the read models, the server and the other
// process managers to it; the simulator and the benchmarks run it alone. What must hold: a command
// is decided only after the eraser has completed what an earlier process recorded, or has said why
// it waits.

package import CommandHandling
import Domain
package import EventLog
package import EventSourcing
package import Events
package import Gateways
package import PersonalData
package import ProcessManagers
package import Threading

package final class WriteSide: Sendable {
  package let log: EventLog
  package let sequencer: Sequencer
  package let execution: RefundExecution
  package let eraser: Eraser

  /// Where the parts run.
  package struct Schedule: Sendable {
    package var decisions: SerialQueue
    /// Makes the keys of decided commands durable.
    package var keys: SerialQueue
    package var erasures: SerialQueue
    /// Starts the asynchronous work of paying; never on one of Swift's cooperative threads.
    package var payments: @Sendable (@escaping @Sendable () async -> Void) -> Void
    /// By default 2 s after the first attempt, twice as long after each one, and 64 s at most.
    package var retryDelay: RefundExecution.RetryDelay

    package init(
      decisions: SerialQueue, keys: SerialQueue, erasures: SerialQueue,
      payments: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Void,
      retryDelay: @escaping RefundExecution.RetryDelay = { 1_000_000 << min(Int64($0), 6) }
    ) {
      self.decisions = decisions
      self.keys = keys
      self.erasures = erasures
      self.payments = payments
      self.retryDelay = retryDelay
    }

    /// Each part on a thread of its own.
    package static func threads() -> Schedule {
      let executor = ManagerExecutor(name: "redress.refund-execution")
      return Schedule(
        decisions: SerialQueue(name: "sequencer"),
        keys: SerialQueue(name: "keys"),
        erasures: SerialQueue(name: "erasing"), payments: { executor.carryOut($0) })
    }
  }

  /// What the parts of the write side take from outside it.
  package struct Surroundings: Sendable {
    package var vault: PersonalVault
    package var evidence: SealedEvidence?
    /// The stores of personal data beside the log and the read models.
    package var stores: [any ErasingStore] = []
    /// Every order of a customer up to a position; until it is set, no erasure is completed.
    package var orders: @Sendable (Person, Position) throws -> [OrderID] = { _, _ in
      throw OrdersUnknown(readModel: "of orders", because: "there is none")
    }
    /// The refunds to pay.
    package var work: any RefundWork
    /// Submits the commands that payments lead to; `nil` for ``Sequencer/submit(_:)``.
    package var submit: RefundExecution.Submit?
    package var gateway: any PaymentGateway
    package var clock: GuardedClock
    package var aggregatesInMemory: Int
    /// Of the rules that decide.
    package var rulesVersion = RuleBook.version
    /// Called when the history contradicts itself or an erasure fails; nothing is decided after it.
    package var onFatal: @Sendable (any Error) -> Void

    package init(
      vault: PersonalVault, work: any RefundWork, gateway: any PaymentGateway,
      clock: @escaping @Sendable () -> Timestamp, aggregatesInMemory: Int,
      onFatal: @escaping @Sendable (any Error) -> Void
    ) {
      self.vault = vault
      self.work = work
      self.gateway = gateway
      self.clock = GuardedClock(unguarded: clock)
      self.aggregatesInMemory = aggregatesInMemory
      self.onFatal = onFatal
    }
  }

  /// Opens the log, which the rest of the write side and the read models then share.
  ///
  /// - Parameters:
  ///   - indexPath: the file of the log's index on a real disk; `nil` for the log's folder.
  ///   - isInline: whether the log has no threads, so that a simulation says when it writes.
  /// - Throws: `LogError`
  package static func openLog(
    folder: String, configuration: EventLog.Configuration = EventLog.Configuration(),
    fileSystem: any FileSystem, indexPath: String? = nil, isInline: Bool = false,
    onFailure: @escaping @Sendable (LogError) -> Void,
    onSealing: @escaping @Sendable (Result<SealingReport, LogError>) -> Void = { _ in },
    onIndex: @escaping @Sendable (LogError?, _ isRefusing: Bool) -> Void = { _, _ in }
  ) throws(LogError) -> (log: EventLog, report: RecoveryReport) {
    try EventLog.open(
      folder: folder, configuration: configuration, fileSystem: fileSystem, indexPath: indexPath,
      isInline: isInline, signedSizes: { SignedSizes.all(inLogFolder: folder) },
      describe: describeLine, onFailure: onFailure, onSealing: onSealing,
      onIndex: onIndex)
  }

  package init(of log: EventLog, in surroundings: Surroundings, on schedule: Schedule) {
    self.log = log
    eraser = Eraser(
      log: log, vault: surroundings.vault, stores: surroundings.stores,
      orders: surroundings.orders, queue: schedule.erasures)
    let sequencer = Sequencer(
      log: log, vault: surroundings.vault, eraser: eraser, evidence: surroundings.evidence,
      clock: surroundings.clock, rulesVersion: surroundings.rulesVersion,
      aggregatesInMemory: surroundings.aggregatesInMemory, queue: schedule.decisions,
      keys: schedule.keys,
      onFatal: surroundings.onFatal)
    self.sequencer = sequencer
    execution = RefundExecution(
      submit: surroundings.submit ?? { await sequencer.submit($0) }, gateway: surroundings.gateway,
      log: log, work: surroundings.work,
      trace: { sequencer.trace(of: $1, of: $0) }, clock: { surroundings.clock.present },
      carryOut: schedule.payments,
      retryDelay: schedule.retryDelay)
  }
}

/// The fields of a line that the log's index stores.
@Sendable package func describeLine(
  _ line: UnsafeRawBufferPointer
) throws -> (StreamName, CommandID) {
  let header = try EventHeader(line: line)
  return (header.stream, header.commandID)
}
