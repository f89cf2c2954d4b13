// What other services, and people, see of Redress: commands in, answers, rows, the feed of events,
// and pages. On the Unix socket everything; on the loopback address everything that only reads.

public import Audit
public import CommandHandling
public import EventLog
import EventSourcing
import Events
import Foundation
public import Gateways
public import HTTP
import JSON
public import Operations
public import PersonalData
public import Projecting
import Projections
import Synchronization

/// Answers requests.
public final class Service: Sendable {
  let log: EventLog
  let projections: ProjectionRuntime
  let metrics = Metrics()
  let arrivals = Arrivals()
  private let commands: CommandRoute
  private let reads: ReadRoutes
  private let feed: FeedRoute
  private let pages: PageRoutes
  private let proofs: ProofRoutes
  private let records: RecordRoutes
  /// The folder of messages that wait to be delivered.
  private let outbox: String
  private let erasures: ErasureRoute
  private let evidence: EvidenceRoute
  private let requestCount = Atomic<UInt64>(0)

  public init(
    log: EventLog, logFolder: String, sequencer: Sequencer, projections: ProjectionRuntime,
    keeper: CheckpointPublisher, records: OperationalRecords, keys: PersonalKeyFolder,
    outbox: String,
    vault: PersonalVault, evidence: SealedEvidence
  ) {
    self.log = log
    self.projections = projections
    erasures = ErasureRoute(log: log, vault: vault, projections: projections, keeper: keeper)
    self.evidence = EvidenceRoute(log: log, evidence: evidence)
    commands = CommandRoute(sequencer: sequencer, metrics: metrics, erasures: erasures)
    reads = ReadRoutes(log: log, projections: projections)
    feed = FeedRoute(log: log, logFolder: logFolder, arrivals: arrivals)
    pages = PageRoutes(projections: projections, reads: reads)
    proofs = ProofRoutes(keeper: keeper)
    self.outbox = outbox
    self.records = RecordRoutes(
      records: records, reads: reads, vault: vault,
      shopify: ShopifyWebhooks(
        records: records, keys: keys, projections: projections, vault: vault))
    _ = log.onAppend { [arrivals] end in arrivals.arrived(upTo: end) }
  }

  /// Ends the live feeds, so that nobody waits for the service to stop.
  public func stop() { arrivals.stop() }

  /// Answers one request, now or later.
  public func handle(_ exchange: HTTPExchange) {
    requestCount.add(1, ordering: .relaxed)
    let request = exchange.request
    if request.peer == nil, let problem = refusalOnLoopback(request) {
      return exchange.respond(problem.response)
    }
    let path = request.pathSegments
    switch (request.method, path.first) {
    case ("POST", "v1") where path == ["v1", "commands"]: commands.handle(exchange)
    case ("POST", "v1") where path == ["v1", "projections", "rebuild"]:
      Task { await respond(exchange) { try self.rebuild(request) } }
    case ("GET", "v1") where path == ["v1", "events"]:
      do { try feed.handle(exchange) } catch {
        exchange.respond(Self.problem(error).response)
      }
    case (_, "v1") where RecordRoutes.owns(path):
      Task { await respond(exchange) { try await self.records.answer(path, request) } }
    case ("PUT", "v1") where path == ["v1", "evidence"]:
      Task {
        await respond(exchange) {
          let tenant = try await self.reads.activeTenant(of: request)
          return try self.evidence.put(tenant, request)
        }
      }
    case ("GET", _), ("HEAD", _):
      Task { await respond(exchange) { try await self.read(path, request) } }
    default:
      exchange.respond(notAllowed(request, path).response)
    }
  }

  private func respond(
    _ exchange: HTTPExchange, _ body: () async throws -> HTTPResponse
  ) async {
    do { exchange.respond(try await body()) } catch {
      exchange.respond(Self.problem(error).response)
    }
  }

  private func read(_ path: [String], _ request: HTTPRequest) async throws -> HTTPResponse {
    switch path {
    case ["healthz"]: return text("ok\n")
    case ["readyz"]: return readiness()
    case ["metrics"]:
      return text(
        metrics.text(
          log: log, statuses: projections.statuses, records: try records.records.summary(),
          waitingMessages: try OutboxNotifier.waitingCount(in: outbox),
          requestCount: requestCount.load(ordering: .relaxed)),
        type: "text/plain; version=0.0.4; charset=utf-8")
    case ["v1", "refunds"]: return json(try await reads.refunds(request))
    case ["v1", "cases"]: return json(try await reads.cases(request))
    case ["v1", "integration"]: return json(try await reads.integration(request))
    case ["v1", "sla"]: return json(try await reads.targetsAtRisk(request))
    case ["v1", "holds"]: return json(try await reads.holds(request))
    case ["v1", "returns"]: return json(try await reads.returns(request))
    default: break
    }
    if path.count == 2, path[0] == "v1" {
      let tenant = try await reads.tenant(of: request, in: RefundQueue.name)
      if let answer = try proofs.answer(path, tenant, request) { return answer }
    }
    if path.count == 3, path[0] == "v1" {
      switch path[1] {
      case "refunds": return json(try await reads.refund(path[2], request))
      case "holds": return json(try await reads.hold(path[2], request))
      case "returns": return json(try await reads.return(path[2], request))
      case "cases": return json(try await reads.supportCase(path[2], request))
      case "erasures", "evidence":
        let tenant = try await reads.tenant(of: request, in: RefundQueue.name)
        return path[1] == "evidence"
          ? try evidence.get(path[2], tenant, request)
          : try await erasures.answer(path[2], tenant, request)
      default: break
      }
    }
    if path.count == 4, path[0] == "v1", path[1] == "customers", path[3] == "timeline" {
      return json(try await reads.customerTimeline(path[2], request))
    }
    if path.count == 4, path[0] == "v1", path[1] == "orders" {
      switch path[3] {
      case "balance": return json(try await reads.balance(path[2], request))
      case "returns": return json(try await reads.returns(ofOrder: path[2], request))
      default: break
      }
    }
    if path == ["v1", "commands"] || path == ["v1", "projections", "rebuild"] {
      throw notAllowed(request, path)
    }
    if path.first == "v1" { throw Problem.notFound(Self.routes) }
    return try await pages.page(path, request)
  }

  private func json(_ value: JSONValue) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
      body: value.json + [UInt8(ascii: "\n")])
  }

  private func text(
    _ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
  }

  /// Ready when every read model is going on; 503 with the reasons otherwise.
  private func readiness() -> HTTPResponse {
    let end = log.durableEnd
    let statuses = projections.statuses
    let lines = statuses.map { status in
      "\(status.name) at commit \(status.checkpoint) of \(end)"
        + (status.failure.map { ", stopped: \($0)" } ?? "")
    }
    let isReady = statuses.allSatisfy { $0.failure == nil }
    return text(
      lines.joined(separator: "\n") + "\n", status: isReady ? 200 : 503)
  }

  /// POST /v1/projections/rebuild?name=A&name=B; all of them without a name.
  private func rebuild(_ request: HTTPRequest) throws -> HTTPResponse {
    let names = request.query.filter { $0.name == "name" }.map(\.value)
    do {
      let reports = try projections.rebuild(
        names.isEmpty ? projections.statuses.map(\.name) : names)
      return json(.array(reports.map(\.json)))
    } catch let error as UnknownReadModel {
      throw Problem.notFound(error.description)
    } catch let error as RebuildFailed {
      throw Problem(
        status: 500, code: "rebuild-failed", title: "The rebuild failed", detail: error.description)
    }
  }

  // MARK: Refusals

  static func problem(_ error: any Error) -> Problem {
    if let problem = error as? Problem { return problem }
    complain(String(describing: error))
    return .internalError
  }

  /// The loopback address reads only, and only for those who call it by a loopback name: a page
  /// somewhere else must not reach it by giving its own name this address.
  private func refusalOnLoopback(_ request: HTTPRequest) -> Problem? {
    guard request.method == "GET" || request.method == "HEAD" else {
      return Problem(
        status: 403, code: "read-only", title: "This address is for reading",
        detail: "Only GET and HEAD are answered here. "
          + "Commands are submitted over the Unix socket, where the peer is known.")
    }
    let host = request.header("host") ?? ""
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    guard ["localhost", "127.0.0.1", "[::1]"].contains(name.lowercased()) else {
      return Problem(
        status: 421, code: "wrong-host", title: "This is not the host you asked for",
        detail: "The Host is \(host.prefix(80)); this address answers to localhost only.")
    }
    return nil
  }

  /// What to say of a method that this path does not have.
  private func notAllowed(_ request: HTTPRequest, _ path: [String]) -> Problem {
    let isForPost = path == ["v1", "commands"] || path == ["v1", "projections", "rebuild"]
    return Problem(
      status: 405, code: "method-not-allowed", title: "That cannot be done here",
      detail: "\(request.method) means nothing at \(request.path.prefix(80)); "
        + (isForPost ? "use POST." : "use GET. What changes history is a POST /v1/commands."),
      headers: [("Allow", isForPost ? "POST" : "GET, HEAD")])
  }

  private static let routes = """
    There are POST /v1/commands, GET /v1/refunds, /v1/refunds/{id}, /v1/cases, /v1/cases/{id}, \
    /v1/sla, /v1/customers/{id}/timeline, \
    /v1/orders/{id}/balance, /v1/orders/{id}/returns, /v1/returns, /v1/returns/{id}, /v1/holds, \
    /v1/holds/{id}, /v1/integration, /v1/events, /v1/checkpoint, /v1/proof, /v1/consistency, \
    /v1/keys, /v1/drafts/{id}, /v1/sync-jobs, /v1/webhooks, /v1/erasures/{subject}, \
    /v1/evidence/{key}, PUT /v1/evidence, /healthz, /readyz, /metrics, and the pages from / on.
    """
}
