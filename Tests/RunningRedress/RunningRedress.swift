// A node in a folder of its own that is gone when the test is: everything of the service but its
// sockets, with the test's clock and payment provider.

import Audit
public import CommandHandling
public import EventLog
public import EventSourcing
public import Events
import Foundation
public import Gateways
import JudgedLogs
public import Node
public import PersonalData
public import ProcessManagers
public import Projecting
import Projections
public import Service
import Threading

/// A whole Redress that can be stopped, killed and started again on the same folder.
public final class RunningRedress: Sendable {
  public let folder: String
  public let node: Node
  public let gateway: SimulatedPaymentGateway
  private static let tenant = TenantID(unchecked: "acme")
  private let clock: @Sendable () -> Timestamp
  private let payments: PaymentWork

  public var log: EventLog { node.log }
  public var sequencer: Sequencer { node.sequencer }
  public var projections: ProjectionRuntime { node.projections }
  public var vault: PersonalVault { node.vault }
  public var execution: RefundExecution { node.execution }
  public var logFolder: String { folder + "/log" }

  /// - Parameters:
  ///   - folder: an earlier one's folder; a new one if `nil`.
  ///   - now: what the clock shows, always.
  ///   - clocks: clocks by which the service judges its own; without them it believes every time.
  ///   - waitSeconds: how long a read waits for its read models.
  ///   - principals: who may come in; the user of this process, who may do everything, if `nil`.
  ///   - rulesVersion: by which rules it says that it decides; today's if `nil`.
  ///   - behaviour: how the provider treats each refund.
  public init(
    folder: String? = nil, now: Timestamp? = nil, clocks: SettableClocks? = nil,
    aggregatesInMemory: Int = 1_000,
    waitSeconds: Double = 5, rulesVersion: Int? = nil,
    principals: Principals? = nil,
    behaviour: @escaping @Sendable (PaymentInstruction) -> SimulatedPaymentGateway.Behaviour = {
      _ in .pay
    }
  ) throws {
    let path = folder ?? NSTemporaryDirectory() + "redress-\(UUID().uuidString)"
    self.folder = path
    let data = try folder == nil ? DataFolder(creating: path) : DataFolder(existing: path)
    let gateway = SimulatedPaymentGateway(
      path: data.simulatedProvider, behaviour: behaviour, crash: {})
    self.gateway = gateway
    clock = { now ?? clocks?.time ?? .now }
    let payments = PaymentWork()
    self.payments = payments
    guard let sender = EmailAddress("redress@localhost") else { fatalError("no sender") }
    var configuration = NodeConfiguration(
      folder: data, gateway: gateway, sender: sender, clock: clock, report: { _ in },
      onFatal: { fatalError($0) })
    if let clocks { configuration.sinceBoot = { clocks.sinceBoot } }
    configuration.aggregatesInMemory = aggregatesInMemory
    configuration.isPublishingCheckpoints = false
    configuration.waitSeconds = waitSeconds
    if let principals { configuration.principals = principals }
    if let rulesVersion { configuration.rulesVersion = rulesVersion }
    configuration.schedule.payments = { payments.carryOut($0) }
    // A payment that the provider never received is tried again at once.
    configuration.schedule.retryDelay = { _ in 0 }
    node = try Node(opening: configuration)
  }

  /// Follows the log; pays what is approved if `isPaying`. Other process managers run when a test
  /// says so.
  public func start(isPaying: Bool = true) {
    do {
      try node.start(running: { isPaying && $0 == DueWork.Manager.refundExecution.rawValue })
    } catch { fatalError("\(error)") }
  }

  /// Runs a process manager once, as one that has just started, on a thread that may block.
  ///
  /// - Parameter now: what its clock shows; the service's clock if `nil`.
  public func run(_ commands: any DueCommands.Type, at now: Timestamp? = nil) async throws {
    let clock: @Sendable () -> Timestamp = { [clock] in now ?? clock() }
    let manager = CommandManager(
      commands, sequencer: sequencer, projections: projections, clock: clock)
    let result: Result<Timestamp?, any Error> = await withCheckedContinuation { continuation in
      _ = WorkerThread(name: manager.name) {
        continuation.resume(returning: Result { try manager.run() })
      }
    }
    _ = try result.get()
  }

  /// Ends everything in order and keeps the folder.
  public func stop() { node.stop() }

  /// - Parameter isForged: whether the test wrote what no Redress would have written.
  public func removeFolder(isForged: Bool = false) {
    if !isForged {
      JudgedLogs.keep(logFolder, lines: .events)
      requireNoFindings()
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A control that accuses what Redress itself has decided is wrong.
  private func requireNoFindings() {
    let audit = ComplianceAudit(ComplianceAudit.Configuration(logFolder: logFolder, build: "test"))
    // A test may have damaged the log.
    guard let report = try? audit.run(), let finding = report.findings.first else { return }
    fatalError("the audit accuses an honest history: \(finding)")
  }

  // MARK: Commands

  /// Submits a command as text, in the form that callers send.
  public func submit(_ json: String, trace: TraceParent? = nil) async throws -> Answer {
    let command = try SubmittedCommand(json: Array(json.utf8))
    return await sequencer.submit(
      Submission(command: command, contentHash: command.contentHash, peerUID: 1000, trace: trace))
  }

  public func submit(
    _ id: String, _ type: String, _ data: String, actor: String? = nil, tenant: String = "acme",
    at time: String? = nil
  ) async throws -> Answer {
    let actor = actor.map { #","actor":"\#($0)""# } ?? ""
    let time = time.map { #","occurredAt":"\#($0)""# } ?? ""
    return try await submit(
      #"{"id":"\#(id)","tenant":"\#(tenant)","type":"\#(type)","data":\#(data)\#(actor)\#(time)}"#)
  }

  /// Waits until every read model has everything that is in the log.
  public func settle() async -> Bool {
    for model in readModels {
      guard await settle(model, to: log.durableEnd(of: Self.tenant)) else { return false }
    }
    return true
  }

  private func settle(_ model: any ReadModel.Type, to end: Position) async -> Bool {
    guard end > .first else { return true }
    return await projections.wait(
      for: Position(end.value - 1), of: Self.tenant, in: model.name, seconds: 60)
  }

  /// Waits until a refund has a status, for a minute at most after each event.
  public func waitForRefund(_ id: String, status: String) async throws -> Bool {
    while true {
      let end = log.durableEnd(of: Self.tenant)
      guard await settle(RefundQueue.self, to: end) else { return false }
      let row = try projections.read(RefundQueue.self) {
        try RefundQueue.refund(RefundID(unchecked: id), tenant: Self.tenant, in: $0)
      }
      if row?.status == status { return true }
      // The next event, which may change the refund.
      guard await settle(RefundQueue.self, to: end.advanced(by: 1)) else { return false }
    }
  }

  /// Pays what is due until nothing is left, and waits until every read model has the outcome.
  ///
  /// - Returns: `false` if a read model does not keep up.
  public func finishPaying() async throws -> Bool {
    while true {
      await payments.finish()
      let end = log.durableEnd
      guard await settle() else { return false }
      // A payment that began and ended meanwhile has written to the log.
      if try execution.run() == nil, payments.isIdle, log.durableEnd == end { return true }
    }
  }

  /// Every event of the registered tenants; what the service records of itself is left out.
  public func history() throws -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    try LogReader(folder: logFolder).forEachCommit(upTo: log.durableEnd) { commit in
      if commit.tenant.isReserved { return true }
      try commit.forEachLine { try events.append(RecordedEvent(line: $0)) }
      return true
    }
    return events
  }
}

extension Answer {
  public var isAccepted: Bool { if case .accepted = outcome { true } else { false } }

  /// Whether the history has it, whatever it is.
  public var isRecorded: Bool { outcome.lastPosition != nil }

  /// The stable code of the rejection; `nil` for anything else.
  public var rejection: String? {
    if case .rejected(let rejected, _) = outcome { rejected.reason } else { nil }
  }

  public var isConflict: Bool { if case .conflict = outcome { true } else { false } }

  public var types: [String] {
    if case .accepted(let events) = outcome { events.map(\.type) } else { [] }
  }
}

extension RunningRedress {
  /// A tenant with an agent, an order of GBP 6.78 that was delivered, and a case about it; commands
  /// may say when they happened.
  public func prepare(now: String = "2026-01-16T10:00:00Z") async throws {
    let commands: [String] = [
      #"{"id":"c1","tenant":"acme","type":"RegisterTenant","#
        + #""data":{"name":"Acme","currency":"GBP","timeZone":"Europe/London","#
        + #""agentApprovalLimit":100000}}"#,
      #"{"id":"c2","tenant":"acme","type":"AddAgent","data":{"agentId":"kim","role":"agent"}}"#,
      #"{"id":"c3","tenant":"acme","type":"RecordOrder","#
        + #""data":{"orderId":"o1","customerId":"robin","source":"api","#
        + #""currency":"GBP","placedAt":"2026-01-05T09:30:00Z","#
        + #""deliveredAt":"2026-01-07T12:00:00Z","lines":[{"lineId":"1","#
        + #""title":"Lantern","quantity":2,"unitPrice":339}],"#
        + #""payments":[{"paymentId":"p1","amount":678,"#
        + #""capturedAt":"2026-01-05T09:30:00Z","provider":"acme_pay"}]}}"#,
      #"{"id":"c4","tenant":"acme","type":"OpenCase","data":{"caseId":"k1","#
        + #""customerId":"robin","orderId":"o1","title":"Broken","#
        + #""type":"product"},"actor":"customer/robin"}"#,
    ]
    let importing = #"{"id":"c5","tenant":"acme","type":"BeginImport","data":{}}"#
    for command in commands + [importing] {
      guard try await submit(command).isAccepted else { fatalError("not accepted: \(command)") }
    }
  }

  /// Requests a refund of one unit, GBP 3.39, and approves it; then the import ends, and it may be
  /// paid.
  public func requestAndApprove(_ id: String = "r1") async throws {
    let then = "2026-01-16T10:00:00Z"
    _ = try await submit("begin-\(id)", "BeginImport", "{}")
    let answers = [
      try await submit(
        "request-\(id)", "RequestRefund",
        #"{"refundId":"\#(id)","caseId":"k1","orderId":"o1","#
          + #""items":[{"lineId":"1","quantity":1}],"reason":"broken"}"#,
        actor: "customer/robin", at: then),
      try await submit(
        "approve-\(id)", "ApproveRefund", #"{"refundId":"\#(id)"}"#, actor: "agent/kim",
        at: "2026-01-16T10:05:00Z"),
      try await submit("end-\(id)", "EndImport", "{}"),
    ]
    guard answers.allSatisfy(\.isAccepted) else { fatalError("the refund was not approved") }
  }
}
