// What programs and people see of Redress: commands in, answers, rows, the feed of events, and
// pages. All of it is in the route table; on the loopback address only what reads is answered.

public import Audit
public import CommandHandling
public import EventLog
public import EventSourcing
import Events
public import Gateways
public import HTTP
public import Operations
public import PersonalData
public import Projecting
import Projections
public import Routing

/// Answers requests.
public final class Service: Sendable {
  /// All routes.
  public let routes: RouteTable
  /// The back-test that runs, if one does.
  package let backtests = OneAtATime()
  private let dispatcher: Dispatcher
  private let metrics: Metrics
  private let arrivals = Arrivals()

  /// - Parameters:
  ///   - eraser: says why an erasure waits.
  ///   - outbox: the folder of messages that wait to be delivered.
  ///   - identity: who may come in.
  ///   - feedCountMax: how many feeds may be open.
  ///   - arePaymentsSimulated: whether this service moves no money.
  ///   - health: what else does not work.
  ///   - clock: what handlers use as the present.
  ///   - waitSeconds: how long a read waits for its read models to have `minPosition`.
  public init(
    log: EventLog, logFolder: String, sequencer: Sequencer, eraser: Eraser,
    projections: ProjectionRuntime,
    publisher: CheckpointPublisher, records: OperationalRecords, keys: PersonalKeyFolder,
    outbox: String, vault: PersonalVault, evidence: SealedEvidence, identity: Identity,
    feedCountMax: Int, arePaymentsSimulated: Bool, health: @escaping @Sendable () -> Health,
    clock: @escaping @Sendable () -> Timestamp,
    waitSeconds: Double
  ) {
    let executor = BlockingExecutor()
    let metrics = Metrics()
    self.metrics = metrics
    let tenants = TenantDirectory(log: log, projections: projections)
    let access = RecordedAccess(sequencer: sequencer)
    let erasures = ErasureCertificates(
      log: log, vault: vault, projections: projections, publisher: publisher, eraser: eraser,
      waitSeconds: waitSeconds)
    let shopify = ShopifyWebhooks(
      records: records, keys: keys, projections: projections, vault: vault)
    let commands = CommandRoute(
      sequencer: sequencer, metrics: metrics, erasures: erasures, executor: executor)
    let serviceHealth = health
    let health = HealthRoutes(
      log: log, sequencer: sequencer, projections: projections, metrics: metrics, records: records,
      outbox: outbox, arePaymentsSimulated: arePaymentsSimulated, health: health)
    let operational: [[Route]] = [
      [commands.route],
      [
        FeedRoute(
          log: log, logFolder: logFolder, arrivals: arrivals,
          feeds: OpenFeeds(countMax: feedCountMax)
        ).route
      ],
      ProofRoutes(publisher: publisher, access: access, projections: projections).routes,
      ExplanationRoutes(log: log).routes,
      BacktestRoutes(logFolder: logFolder, models: projections, slot: backtests).routes,
      [erasures.route],
      EvidenceRoutes(log: log, evidence: evidence, records: records, access: access).routes,
      DraftRoutes(records: records, vault: vault, projections: projections).routes,
      SyncJobRoutes(records: records).routes,
      WebhookRoutes(records: records, shopify: shopify).routes,
      LoginRoutes(identity: identity).routes,
      [RebuildRoute(projections: projections, sequencer: sequencer).route],
      ClockRoutes(sequencer: sequencer).routes,
      [SystemEntryRoute(sequencer: sequencer).route],
      health.routes,
    ]
    // In the order of the navigation.
    let others =
      operational.flatMap { $0 } + readModels.flatMap { $0.routes(projections) }
      + CheckpointRoutes(publisher: publisher, health: serviceHealth).routes
    routes = RouteTable(others + ContractRoutes(others: others).routes)
    dispatcher = Dispatcher(
      table: routes, identity: identity, tenants: tenants, projections: projections,
      executor: executor, metrics: metrics.routes, clock: clock,
      waitSeconds: waitSeconds, arePaymentsSimulated: arePaymentsSimulated)
    _ = log.onAppend { [arrivals] end in arrivals.arrived(upTo: end) }
  }

  /// Ends the live feeds, so that the server can stop.
  public func stop() {
    metrics.server.observe(nil)
    arrivals.stop()
  }

  /// Makes the answers to what the server refuses by itself, and counts them.
  public func refuse(in configuration: inout HTTPServerConfiguration) {
    configuration.refuseWithProblems { [metrics] in metrics.server.refusals.add($0) }
  }

  /// Shows in the metrics what the server does, until the service stops.
  public func observe(_ server: HTTPServer) { metrics.server.observe { server.statistics } }

  /// Says whether the body of a request is wanted, by its head.
  public func admission(of head: HTTPRequest.Head) -> HTTPAdmission {
    dispatcher.admission(of: head)
  }

  /// Answers one request, now or later.
  public func handle(_ exchange: HTTPExchange) { dispatcher.handle(exchange) }
}
