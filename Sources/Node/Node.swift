// The one assembly of Redress on a data folder. Opening it recovers the log, brings the read models
// up to it and completes the erasures that an earlier run recorded; starting it lets requests in.
// What must hold: parts start in the order in which they depend on each other and stop in the
// reverse order, so that every decision is answered, applied and signed before the log closes. All
// calls block: a node is opened, started and stopped on a thread that may block.

public import Audit
public import CommandHandling
public import EventLog
import EventSourcing
import Events
public import Gateways
import Glibc
import HTTP
public import Operations
public import PersonalData
public import ProcessManagers
public import Projecting
import Projections
public import Service
import Synchronization
import Threading

/// A running Redress.
public final class Node: Sendable {
  public let log: EventLog
  public let vault: PersonalVault
  public let sequencer: Sequencer
  public let projections: ProjectionRuntime
  public let records: OperationalRecords
  public let evidence: SealedEvidence
  public let publisher: CheckpointPublisher
  /// Answers requests, with or without a server before it.
  package let service: Service
  public let execution: RefundExecution
  package let eraser: Eraser
  private let configuration: NodeConfiguration
  private let failures: Failures
  package let identity: Identity
  private let sealing: SealingObserver
  private let managers: [any ProcessManager]
  private let running = Mutex<Running>(Running())

  private struct Running {
    var server: HTTPServer?
    var threads: [ManagerThread] = []
  }

  /// Those that run for every node, those of the due work, and those that are configured.
  static let managerCountMax = 7 + allDueCommands.count + 3

  /// Opens the folder for this process alone.
  ///
  /// - Throws: ``DataFolderError``, and the errors of log, keys and records.
  public init(opening configuration: NodeConfiguration) throws {
    self.configuration = configuration
    let folder = configuration.folder
    let failures = Failures(report: configuration.report, onFatal: configuration.onFatal)
    let fatal: @Sendable (any Error) -> Void = { failures.end(because: $0) }
    self.failures = failures
    identity = Identity(configuration.principals, tokens: configuration.tokens) { error in
      let part = "shared rates"
      guard let error else { return failures.clear(part) }
      failures.note(error, of: part)
    }
    identity.apply(configuration.rates)
    let keys = try LogKeys.required(in: folder)
    try folder.restrictAccess(configuration.fileGroups)
    try folder.requireSpace()
    records = try OperationalRecords(path: folder.operations)
    let sealing = SealingObserver(report: configuration.report)
    self.sealing = sealing
    let vault = try folder.openPersonalKeys().vault
    self.vault = vault
    if !vault.isLocked {
      configuration.report(
        LogLine(
          .warning, "keys",
          "the keys in memory could not be locked, so they may reach a swap file: raise ulimit -l"))
    }
    let (log, recovery) = try WriteSide.openLog(
      folder: folder.log, fileSystem: configuration.fileSystem, onFailure: fatal,
      onSealing: { sealing.observe($0) },
      onIndex: { error, isRefusing in
        let part = "log index"
        guard let error else { return failures.clear(part) }
        failures.note(error, of: part, isRefusingCommands: isRefusing)
      })
    self.log = log
    for sentence in recovery.sentences {
      configuration.report(LogLine(.warning, "recovery", "\(sentence)"))
    }
    projections = try ProjectionRuntime(
      folder: folder.readModels, logFolder: folder.log, readModels: readModels, vault: vault,
      key: folder.readModelKey(),
      onRebuild: { needed in
        configuration.report(
          LogLine(
            needed.isDistrusted ? .warning : .info, "read-models", "\(needed); doing so now"))
      },
      onFailure: { status in
        guard let failure = status.failure ?? status.delay else { return }
        configuration.report(
          status.failure == nil
            ? LogLine(
              .warning, "read-models", "the read model \(status.name) is delayed: \(failure)")
            : .stopped(status.name, failure))
      })
    let guarded = try Self.clock(configuration, log)
    let clock: @Sendable () -> Timestamp = { guarded.present }
    let outbox = try OutboxNotifier(
      folder: folder.outbox, sender: configuration.sender,
      arePaymentsSimulated: configuration.arePaymentsSimulated)
    let store = try FolderEvidenceStore(folder: folder.evidence)
    evidence = SealedEvidence(store: store, vault: vault)
    var surroundings = WriteSide.Surroundings(
      vault: vault, work: ReadRefundWork(projections: projections, clock: clock),
      gateway: configuration.gateway, clock: clock,
      aggregatesInMemory: configuration.aggregatesInMemory, onFatal: fatal)
    surroundings.clock = guarded
    surroundings.evidence = evidence
    surroundings.rulesVersion = configuration.rulesVersion
    let mail = Self.mail(configuration, outbox, clock)
    surroundings.stores = [
      ErasingRecords(records: records), ErasingNotices(notifier: outbox, delivery: mail),
    ]
    surroundings.orders = OrdersOfPerson(projections: projections).orders
    let writeSide = WriteSide(of: log, in: surroundings, on: configuration.schedule)
    (sequencer, eraser) = (writeSide.sequencer, writeSide.eraser)
    execution = writeSide.execution
    failures.onContradiction { [sequencer] in sequencer.refuseCommands(because: $0) }
    publisher = CheckpointPublisher(
      log: log, folder: folder.log, logName: keys.name, keys: keys.keys, clock: clock,
      notes: RecordedNotes(records, of: folder),
      report: { [report = configuration.report] in
        report(LogLine(.warning, "checkpoints", "\($0)"))
      })
    let copies = configuration.checkpointTarget.map { [publisher] in
      CheckpointCopies(
        of: publisher, logFolder: folder.log, to: $0, clock: clock)
    }
    managers =
      [execution, NoticeDelivery(records: records, notifier: outbox, projections: projections)]
      + allDueCommands.map { [sequencer, projections] in
        CommandManager(
          $0, sequencer: sequencer, projections: projections, clock: clock)
      } + [
        ErasureCompletion(eraser: eraser),
        try FileWatch(log: log, keys: folder.keys, clock: clock, onVanished: fatal),
        KeyStoring(vault: vault) { failures.note($1, of: $0, isRefusingCommands: true) },
        RecordsExpiry(records: records, clock: clock),
        EvidenceTiers(store: store, clock: clock),
      ] + [copies].compactMap(\.self) + [mail].compactMap(\.self)
      + Self.witnesses(configuration, publisher, log)
    assert(managers.count <= Self.managerCountMax, "managerCountMax missed some")
    service = Service(
      log: log, logFolder: folder.log, sequencer: sequencer, eraser: eraser,
      projections: projections,
      publisher: publisher, records: records, keys: PersonalKeyFolder(path: folder.keys),
      outbox: folder.outbox, vault: vault, evidence: evidence, identity: identity,
      feedCountMax: configuration.descriptors.feedCountMax,
      arePaymentsSimulated: configuration.arePaymentsSimulated,
      health: {
        var health = failures.health
        health.clock = guarded.status
        health.copies = copies.map {
          Health.Copies(waiting: $0.status.waiting, lastCopies: $0.status.lastCopies)
        }
        return health
      },
      clock: clock, waitSeconds: configuration.waitSeconds)
    reload(configuration.quotas)
    try catchUp()
  }

  /// The clock of recorded times, judged by the log's last event. It says once when it begins to be
  /// refused and when that ends.
  private static func clock(
    _ configuration: NodeConfiguration, _ log: EventLog
  ) throws -> GuardedClock {
    guard let sinceBoot = configuration.sinceBoot else {
      return GuardedClock(unguarded: configuration.clock)
    }
    let last = try LogReader.lastRecordedTime(
      before: log.durableEnd, in: configuration.folder.log)
    let clock = GuardedClock(
      time: configuration.clock, sinceBoot: sinceBoot, rule: configuration.clockRule,
      lastRecorded: last,
      onChange: { [report = configuration.report] jump in
        report(
          jump.map { LogLine(.error, "clock", "commands are refused, reads continue: \($0)") }
            ?? LogLine(
              .info, "clock", "the system's clock is believed again: commands are decided"))
      })
    _ = clock.jump
    return clock
  }

  private static func witnesses(
    _ configuration: NodeConfiguration, _ publisher: CheckpointPublisher, _ log: EventLog
  ) -> [any ProcessManager] {
    guard !configuration.witnesses.isEmpty else { return [] }
    return [CheckpointWitnesses(configuration.witnesses, of: publisher) { log.tenants }]
  }

  private static func mail(
    _ configuration: NodeConfiguration, _ outbox: OutboxNotifier,
    _ clock: @escaping @Sendable () -> Timestamp
  ) -> MailDelivery? {
    guard let server = configuration.mailServer else { return nil }
    return MailDelivery(of: outbox, to: server, clock: clock) {
      [report = configuration.report] refusal in
      report(
        LogLine(
          .warning, "mail",
          "the message \(refusal.name) will not be delivered: \(refusal.reason); it is in "
            + "outbox/refused"))
    }
  }

  /// Completes the recorded erasures of an earlier run, before the first command arrives.
  private func catchUp() throws {
    for status in projections.statuses {
      guard let failure = status.failure else { continue }
      configuration.report(.stopped(status.name, failure))
    }
    let begun = projections.statuses.filter { $0.checkpoint == .first }.map(\.name)
    _ = projections.catchUp(to: log.durableEnd)
    if log.durableEnd > .first { try recordRebuilds(of: begun) }
    let delayed: @Sendable (_ reason: String) -> Void = { [report = configuration.report] in
      report(LogLine(.warning, "erasing", "\($0)"))
    }
    for person in try eraser.complete(whenDelayed: { delayed("\($0)") }) {
      configuration.report(
        LogLine(
          .info, "erasing",
          "completed the erasure of \(person), which an earlier run had recorded"))
    }
    do { try records.beginEvidenceCount { try evidence.byteCounts() } } catch {
      configuration.report(
        LogLine(
          .warning, "evidence",
          "its quota does not know what was there before; the next start counts it: \(error)"))
    }
    try records.beginNotifications {
      Dictionary(uniqueKeysWithValues: log.tenants.map { ($0, log.durableEnd(of: $0)) })
    }
    guard configuration.isPublishingCheckpoints else { return }
    for error in publisher.contradictions() { failures.note(error, of: "signing checkpoints") }
  }

  /// A read model without a usable file was built from the whole log, as a rebuild does.
  private func recordRebuilds(of names: [String]) throws {
    let reports = try projections.reports(of: names)
    do {
      try CallingThread.run { [sequencer] in
        for report in reports {
          try await sequencer.record(SystemEntry(report), peerUID: getuid())
        }
      }
    } catch let error as NotRecorded {
      // It serves what it has, also where it may write nothing.
      configuration.report(LogLine(.warning, "read-models", "the rebuilt read models \(error)"))
    }
  }

  /// Accepts requests and starts to follow the log.
  ///
  /// - Parameter isRun: whether to run the process manager of this name.
  /// - Throws: when the server cannot listen.
  public func start(running isRun: (String) -> Bool = { _ in true }) throws {
    if configuration.isPublishingCheckpoints {
      publisher.start { [failures] in failures.note($0, of: "signing checkpoints") }
      sealing.onSuccess { [sequencer, publisher] in
        sequencer.keepStates()
        publisher.wake()
      }
    }
    if !configuration.endpoints.isEmpty {
      var server = HTTPServerConfiguration(endpoints: configuration.endpoints)
      configuration.descriptors.apply(to: &server)
      service.refuse(in: &server)
      let started = try HTTPServer(
        configuration: server, admission: { [service] in service.admission(of: $0) },
        handler: { [service] in service.handle($0) })
      started.start()
      service.observe(started)
      running.withLock { $0.server = started }
      identity.pages = pages
    }
    for manager in managers where isRun(manager.name) { start(manager) }
    projections.start(following: log)
  }

  private func start(_ manager: any ProcessManager) {
    let thread = ManagerThread(
      manager, clock: { [clock = sequencer.clock] in clock.present },
      isHeld: { [clock = sequencer.clock] in clock.jump != nil },
      onResult: { [failures] error in
        guard let error else { return failures.clear(manager.name) }
        failures.note(
          error, of: manager.name, isRefusingCommands: manager.refusesCommands)
      })
    if let model = manager.readModel { projections.onChange(of: model) { thread.wake() } }
    manager.onWork { thread.wake() }
    thread.start()
    running.withLock { $0.threads.append(thread) }
  }

  /// Where the pages are, such as `http://127.0.0.1:8080`; `nil` without a loopback address.
  public var pages: String? {
    guard let port = running.withLock({ $0.server?.boundPort }) else { return nil }
    return configuration.endpoints.lazy.compactMap { endpoint in
      switch endpoint {
      case .unixSocket: nil
      case .loopback(let host, _): "http://\(HTTPEndpoint.loopback(host: host, port: port))"
      case .inherited: "http://127.0.0.1:\(port)"
      }
    }.first
  }

  /// Lets in whom these say, for every later request.
  public func reload(_ principals: Principals, tokens: PersonTokens?) {
    identity.reload(principals, tokens: tokens)
  }

  /// Allows callers as many requests from here on.
  public func reload(_ rates: RateSettings) { identity.apply(rates) }

  /// Keeps as much for each tenant from here on.
  public func reload(_ quotas: TenantQuotas) {
    records.apply(quotas)
    sequencer.refusals.apply(limit: quotas.refusals)
  }

  /// Judges the system's clock by another rule from here on.
  public func reload(_ rule: ClockRule) { sequencer.clock.apply(rule) }

  /// How long peers may take for what they began before the service stopped.
  private static let drainDuration = Duration.seconds(2)

  /// Answers every decided command and returns when all parts have stopped.
  public func stop() {
    let (server, threads) = running.withLock { running in
      defer { running = Running() }
      return (running.server, running.threads)
    }
    // Live feeds would keep the server waiting.
    service.stop()
    _ = server?.stop(deadline: Self.drainDuration)
    for thread in threads.reversed() { thread.stop() }
    sequencer.stop()
    projections.stop()
    publisher.stop()
    log.close()
  }
}

extension LogLine {
  /// A read model met an event that it cannot apply.
  fileprivate static func stopped(_ name: String, _ failure: some CustomStringConvertible) -> Self {
    LogLine(.error, "read-models", "the read model \(name) has stopped: \(failure)")
  }
}
