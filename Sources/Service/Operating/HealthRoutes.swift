// GET /healthz, /readyz and /metrics: whether the service runs, whether its read models follow the
// log, and its counters.

public import CommandHandling
import EventLog
public import EventSourcing
import Gateways
import Operations
import Projecting
import Routing

/// What does not work, besides read models that have stopped.
public struct Health: Sendable {
  public struct Failing: Sendable {
    public var part: String
    public var error: String
    /// Whether commands are refused because of it, all of them or those that need the part.
    public var isRefusingCommands: Bool

    public init(part: String, error: String, isRefusingCommands: Bool = false) {
      (self.part, self.error) = (part, error)
      self.isRefusingCommands = isRefusingCommands
    }
  }

  /// How the copies of signed checkpoints stand.
  public struct Copies: Sendable {
    /// Tenants whose newest checkpoint has no copy yet.
    public var waiting: Set<TenantID>
    /// When a copy of a tenant's checkpoint was made last.
    public var lastCopies: [TenantID: Timestamp]

    public init(waiting: Set<TenantID>, lastCopies: [TenantID: Timestamp]) {
      (self.waiting, self.lastCopies) = (waiting, lastCopies)
    }

    /// `nil` before the first copy.
    var lastCopy: Timestamp? { lastCopies.values.max() }

    /// What concerns one tenant.
    func of(_ tenant: TenantID) -> Copies {
      Copies(
        waiting: waiting.intersection([tenant]),
        lastCopies: lastCopies[tenant].map { [tenant: $0] } ?? [:])
    }

    var sentence: String {
      let last = lastCopy.map { "last copied at \($0)" } ?? "not copied yet"
      return "signed checkpoints: \(last), \(waiting.count) without a copy"
    }
  }

  /// Why commands are refused, if they are.
  public var refusal: String?
  /// The parts that fail and try again.
  public var failing: [Failing]
  /// How often each part has failed since the start.
  public var failureCounts: [(part: String, count: Int)]
  /// `nil` where no service is asked.
  public var clock: ClockStatus?
  /// `nil` where checkpoints are not copied.
  public var copies: Copies?

  public init(
    refusal: String?, failing: [Failing], failureCounts: [(part: String, count: Int)] = []
  ) {
    (self.refusal, self.failing) = (refusal, failing)
    self.failureCounts = failureCounts
  }
}

struct HealthRoutes: Sendable {
  var log: EventLog
  var sequencer: Sequencer
  var projections: ProjectionRuntime
  var metrics: Metrics
  var records: OperationalRecords
  /// The folder of messages that wait to be delivered.
  var outbox: String
  /// Whether this service moves no money.
  var arePaymentsSimulated: Bool
  var health: @Sendable () -> Health

  var routes: [Route] {
    [
      // Answered on the thread of the connections, so that it waits for no other answer.
      Route(
        .get, "/healthz", "Whether the service runs.", answers: [.text("Health")],
        handler: .quick { _, answer in answer(.success(.text("ok\n"))) }),
      Route(
        .get, "/readyz", "Whether commands are decided and every read model follows the log.",
        answers: [.text("Readiness"), .text("Readiness", .serviceUnavailable)],
        handle: { readiness(for: $0) }),
      Route(
        .get, "/metrics", "Counters in Prometheus' text format.", permission: .readMetrics,
        answers: [.text("Metrics")], handle: { counters(for: $0) }),
    ]
  }

  /// When a client may ask again whether the service is ready.
  private static let retrySeconds = 5

  /// Whether the service is ready, and to whom may read the counters, why not.
  private func readiness(for call: Call) -> Reply {
    let isTold = (try? call.principalNow())?.grant.allows(.readMetrics) ?? false
    let end = log.durableEnd
    let statuses = projections.inspect()
    let health = health()
    var lines = statuses.map { status -> TerminalText in
      let failure =
        status.failure.map { ", stopped: \($0)" }
        ?? status.delay.map { ", fails and tries again: \($0)" } ?? ""
      return "\(status.name) at commit \(status.checkpoint) of \(end)\(failure)"
    }
    lines += health.failing.map { failing -> TerminalText in
      let commands = failing.isRefusingCommands ? ", commands are refused meanwhile" : ""
      return "\(failing.part) fails and tries again\(commands): \(failing.error)"
    }
    if arePaymentsSimulated { lines.append("payments are simulated: no money moves") }
    if let copies = health.copies { lines.append("\(copies.sentence)") }
    if let refusal = health.refusal { lines.append("commands are refused: \(refusal)") }
    if let jump = health.clock?.jump { lines.append("commands are refused: \(jump)") }
    let isReady =
      health.refusal == nil && health.clock?.jump == nil
      && !health.failing.contains(where: \.isRefusingCommands)
      && statuses.allSatisfy { $0.failure == nil && $0.delay == nil }
    if !isTold { lines = [isReady ? "ready" : "not ready"] }
    var reply = Reply.text(
      (lines.joined(separator: "\n") + "\n").description,
      status: isReady ? .ok : .serviceUnavailable)
    if !isReady { reply.headers.append(("Retry-After", "\(Self.retrySeconds)")) }
    return reply
  }

  private func counters(for call: Call) -> Reply {
    let text = metrics.text(
      log: log, sequencer: sequencer, statuses: projections.inspect(), health: health(),
      // What fails with its disk is left out; the other counters say that it does.
      records: try? records.summary(),
      quotas: QuotaFigures(of: records, sequencer),
      messages: try? OutboxNotifier.counts(in: outbox))
    return Reply(
      .bytes(Array(text.utf8), mediaType: "text/plain; version=0.0.4; charset=utf-8"))
  }
}
