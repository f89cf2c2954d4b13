// redress serve: puts the parts together and runs until it is told to stop.

import Audit
import CommandHandling
import Dispatch
import Domain
import EventLog
import EventSourcing
import Events
import Foundation
import Gateways
import HTTP
import Operations
import PersonalData
import Projecting
import Projections
import Service
import Synchronization
import Transparency

struct Serve: CommandLineTool {
  static let name = "serve"
  static let summary = "Runs the service on a data folder."
  static let help = """
    Runs the service on a data folder, which is made if it is not there.

    Usage: redress serve --data DIR [--socket PATH] [--http HOST:PORT]
                         [--mail-from ADDRESS] [--simulate HOW=REFUND]…

      --data DIR         the data folder
      --socket PATH      the Unix socket that commands come in on; DIR/redress.sock if not given.
                         Its folder must be there; the socket gets the rights 0660.
      --http HOST:PORT   also serve pages and reads on this loopback address, such as
                         127.0.0.1:8080; port 0 takes a free one
      --mail-from ADDR   whom messages to customers and agents come from; redress@localhost if not
                         given. They are left in DIR/outbox, for the tenants that want e-mail.
      --simulate HOW=ID  make the simulated payment provider treat one refund otherwise: decline,
                         timeout (pays, does not answer), lose (never receives it) or crash (pays,
                         then ends this process)

    Example:
      redress serve --data ./data --http 127.0.0.1:8080

    It stops on SIGINT or SIGTERM, with everything answered that was decided. Exit codes: 0 stopped;
    2 the command line was not understood; 3 it could not start; 70 it stopped because a write to
    the log failed or the history contradicts itself: nothing unconfirmed was acknowledged.
    """

  private let data: String
  private let socket: String
  private let http: (host: String, port: Int)?
  private let sender: EmailAddress
  private let simulated: [String: SimulatedPaymentGateway.Behaviour]

  init(_ arguments: inout Arguments) throws {
    data = try arguments.required("--data")
    socket = try arguments.option("--socket") ?? data + "/redress.sock"
    http = try arguments.option("--http").map(Self.address)
    sender = try Self.sender(arguments.option("--mail-from") ?? "redress@localhost")
    simulated = try Dictionary(
      arguments.options("--simulate").map(Self.behaviour), uniquingKeysWith: { $1 })
  }

  private static func address(_ text: String) throws -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon > text.startIndex
    else { throw Stop.usage("--http \(text) is no HOST:PORT, such as 127.0.0.1:8080") }
    return (String(text[..<colon]).trimmingCharacters(in: ["[", "]"]), port)
  }

  private static func sender(_ text: String) throws -> EmailAddress {
    guard let address = EmailAddress(text) else {
      throw Stop.usage("--mail-from \(text) is no e-mail address, such as refunds@example.com")
    }
    return address
  }

  private static func behaviour(
    _ text: String
  ) throws -> (String, SimulatedPaymentGateway.Behaviour) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2,
      let behaviour = SimulatedPaymentGateway.Behaviour(rawValue: String(parts[0]))
    else {
      let known = SimulatedPaymentGateway.Behaviour.allCases.map(\.rawValue)
      throw Stop.usage(
        "--simulate \(text) is no HOW=REFUND; HOW is one of \(known.joined(separator: ", "))")
    }
    return (String(parts[1]), behaviour)
  }

  func run() async throws -> ExitCode {
    let folder = try DataFolder(creating: data)
    try folder.lock(socket: socket)
    try folder.requireSpace()
    let records = try OperationalRecords(path: folder.operations)
    let sealing = SealingObserver()
    let (vault, _) = try folder.openPersonalKeys()
    if !vault.isLocked {
      say("the keys in memory could not be locked, so they may reach a swap file: raise ulimit -l")
    }
    let (log, recovery) = try EventLog.open(
      folder: folder.log, describe: describeLine, beforeWriting: { try vault.makeDurable() },
      onFailure: { stopForGood("\($0)") },
      onSealing: { sealing.observe($0) })
    tell(recovery)
    allowManyConnections()
    let outbox = try OutboxNotifier(folder: folder.outbox, sender: sender)
    let projections = try ProjectionRuntime(
      folder: folder.readModels, logFolder: folder.log, readModels: readModels,
      vault: vault, onRebuild: { say("\($0); doing so now") })
    for status in projections.catchUp(to: log.durableEnd) {
      if let failure = status.failure { say("\(status.name) stopped: \(failure)") }
    }
    // Before the first command comes in, which somebody may have to be told of.
    let erasing = Erasing(
      log: log, vault: vault,
      stores: [ErasingRecords(records: records), ErasingNotices(notifier: outbox)],
      orders: { person, position in
        // The read model follows, and on this queue nobody waits but for erasures.
        let isThere = DispatchSemaphore(value: 0)
        Task {
          _ = await projections.wait(
            for: position, of: person.tenant, in: OrderBalance.name, seconds: 60)
          isThere.signal()
        }
        isThere.wait()
        return try projections.read(OrderBalance.self) {
          try OrderBalance.orders(of: person.subject, tenant: person.tenant, in: $0)
        }
      })
    for person in try erasing.complete() {
      say("completed the erasure of \(person), which an earlier run had recorded")
    }
    let notifying = try notifying(records, projections, in: folder, outbox: outbox)
    let store = try FolderEvidenceStore(folder: folder.evidence)
    let evidence = SealedEvidence(store: store, vault: vault)
    let sequencer = Sequencer(
      log: log, vault: vault, erasing: erasing, evidence: evidence,
      onFatal: { stopForGood("\($0)") })
    let execution = refundExecution(sequencer, projections, log, books: folder.path)
    let keeper = try treeKeeper(of: log, in: folder, sequencer)
    sealing.onSuccess {
      sequencer.keepStates()
      keeper.wake()
    }
    let service = Service(
      log: log, logFolder: folder.log, sequencer: sequencer, projections: projections,
      keeper: keeper, records: records,
      keys: PersonalKeyFolder(path: folder.keys), outbox: folder.outbox, vault: vault,
      evidence: evidence)
    let signals = endingSignals()
    let server = try start(service)
    projections.onChange(of: RefundQueue.self) { execution.wake() }
    projections.start(following: log)
    let processManagers = processManagers(sequencer, projections)
    let notifications = Task { await notifyForEver(notifying) }
    let recordsExpiry = Task { await expireForEver(records) }
    let evidenceMoves = Task { await moveForEver(store) }
    let ticks = Task {
      while !Task.isCancelled {
        execution.wake()
        for manager in processManagers { await manager.wake() }
        try? await Task.sleep(for: .seconds(1))
      }
    }
    announce(server)

    let signal = await signals.first { _ in true }
    say("\(signal ?? "The end"): stopping")
    ticks.cancel()
    recordsExpiry.cancel()
    evidenceMoves.cancel()
    notifications.cancel()
    service.stop()
    _ = server.stop()
    sequencer.stop()
    projections.stop()
    keeper.stop()
    log.close()
    say("stopped; the log ends before commit \(log.durableEnd)")
    return .success
  }

  /// Signs now and then; a history that contradicts what was signed before is only read.
  private func treeKeeper(
    of log: EventLog, in folder: DataFolder, _ sequencer: Sequencer
  ) throws -> CheckpointPublisher {
    let keys = try LogKeys(opening: folder)
    let keeper = CheckpointPublisher(
      log: log, folder: folder.log, logName: keys.name, keys: keys.keys)
    for contradiction in keeper.contradictions() {
      say(contradiction)
      say("commands are refused until that is settled; everything that reads goes on")
      sequencer.refuseCommands(because: contradiction)
    }
    keeper.start { error in
      say("\(error)")
      if error is CheckpointRefusal { sequencer.refuseCommands(because: "\(error)") }
    }
    return keeper
  }

  private func start(_ service: Service) throws -> HTTPServer {
    var endpoints = [HTTPEndpoint.unixSocket(path: socket)]
    if let http { endpoints.append(.loopback(host: http.host, port: http.port)) }
    var configuration = HTTPServerConfiguration(endpoints: endpoints)
    configuration.refuseWithProblems()
    let server = try HTTPServer(
      configuration: configuration, handler: { service.handle($0) })
    server.start()
    return server
  }

  private func announce(_ server: HTTPServer) {
    say("serving \(data)")
    say("commands on the Unix socket \(socket)")
    if let http, let port = server.boundPort {
      let host = http.host.contains(":") ? "[\(http.host)]" : http.host
      say("pages on http://\(host):\(port)/")
    }
  }

  private func refundExecution(
    _ sequencer: Sequencer, _ projections: ProjectionRuntime, _ log: EventLog, books folder: String
  ) -> RefundExecution {
    let simulated = simulated
    let gateway = SimulatedPaymentGateway(
      path: folder + "/simulated-provider.tsv",
      behaviour: { simulated[$0.refundID] ?? .pay }, crash: { kill(getpid(), SIGKILL) })
    return RefundExecution(
      sequencer: sequencer, gateway: ExactAmountGateway(gateway), log: log,
      list: { limit in
        try projections.read(RefundQueue.self) {
          try RefundQueue.openExecutions(limit: limit, in: $0)
        }
      },
      onFailure: { say("the list of refunds to execute cannot be read: \($0)") })
  }
}

/// Sealing begins before there is anybody who would want to know of it.
private final class SealingObserver: Sendable {
  private let call = Mutex<(@Sendable () -> Void)?>(nil)

  func onSuccess(_ call: @escaping @Sendable () -> Void) { self.call.withLock { $0 = call } }

  func observe(_ result: Result<SealingReport, LogError>) {
    switch result {
    case .success: call.withLock { $0 }?()
    case .failure(let error):
      say("a full segment could not be sealed; it stays as it was until the next start: \(error)")
    }
  }
}

private func tell(_ recovery: RecoveryReport) {
  if let cut = recovery.cut {
    say("cut off an unfinished write that nobody was told of: \(cut)")
  }
  if case .rebuilt(let reason) = recovery.index, recovery.commits > 0 {
    say("made the log's index anew: \(reason)")
  }
}

/// Every connection is a file descriptor, and the usual soft limit is 1024.
private func allowManyConnections() {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
  limit.rlim_cur = limit.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

/// What the log's index needs to know of a line.
@Sendable func describeLine(
  _ line: UnsafeRawBufferPointer
) throws -> (StreamName, CommandID) {
  let header = try EventHeader(line: line)
  return (header.stream, header.commandID)
}

/// Ends the process at once: whatever was not acknowledged stays unacknowledged.
func stopForGood(_ reason: String) -> Never {
  say("\(reason)")
  say("stopping at once; nothing in doubt was acknowledged. Restart when the cause is gone.")
  _exit(ExitCode.fatal.rawValue)
}

/// The signals that end this process politely, from now on; none is lost before somebody waits for
/// it.
private func endingSignals() -> AsyncStream<String> {
  AsyncStream { continuation in
    let queue = DispatchQueue(label: "redress.signals")
    for (number, name) in [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")] {
      // Dispatch takes it over from its default. Ignoring it first, as other systems need it, would
      // lose one that comes in between.
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        source.cancel()
        continuation.yield(name)
      }
      source.resume()
    }
  }
}
