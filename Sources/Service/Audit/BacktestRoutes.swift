// The page of a back-test: what other settings or rules would have decided on a tenant's history,
// by the same code as `redress backtest`. What must hold: it reads the log's files and writes
// nothing; one runs at a time, and none longer than its time limit.

import Audit
import EventSourcing
import HTML
import JSON
import Projecting
import Projections
import Routing

struct BacktestRoutes: Sendable {
  var logFolder: String
  var models: any ReadModelReader
  var slot: OneAtATime

  private static let timeLimit = Duration.seconds(60)
  /// When a client may ask again while another back-test runs.
  private static let retrySeconds = 10
  private static let policiesMax = 500

  private static let shape = JSONShape.object([
    "build": .text, "chain": .text, "commits": .wholeNumber, "events": .wholeNumber,
    "from": .nullable(.text), "to": .nullable(.text), "change": .map(.any), "tenants": .list(.any),
    "decisions": .list(
      .object([
        "command": .text, "allowed": .wholeNumber, "refused": .wholeNumber,
        "followed": .wholeNumber,
      ])),
    "totals": .map(.list(.map(.any))), "outcomes": .list(.map(.any)),
    "notReplayed": .list(.map(.any)), "unfinishedWrite": .boolean,
  ])

  var routes: [Route] {
    [
      .page(
        "/tenants/{tenant}/backtest", "What other settings or rules would have decided.",
        reads: [Policies.name], permission: .runBacktests,
        parameters: BacktestRequest.parameters + [PageFormat.parameter],
        answers: [
          .page, .json("Backtest", Self.shape),
          Answer(.serviceUnavailable, "Page", mediaType: "text/html"),
          Answer(.unprocessableContent, "Page", mediaType: "text/html"),
        ], handle: answer)
    ]
  }

  private func answer(_ call: Call) throws -> Reply {
    let request = BacktestRequest(of: call)
    let (tenant, policies) = try models.read(Policies.self) { database in
      let rows = try Policies.all(tenant: call.tenant, limit: Self.policiesMax, in: database)
      return (call.tenant, rows)
    }
    let form = BacktestForm(
      tenant: tenant.rawValue, policies: policies.map(\.policyID), values: request.values)
    guard let change = try request.change(from: policies) else {
      return .page(BacktestPage(tenant: tenant, form: form, report: nil).page)
    }
    let report = try report(on: change, of: tenant)
    switch PageFormat(of: call) {
    case .json: return .json(report.json)
    case .html: return .page(BacktestPage(tenant: tenant, form: form, report: report).page)
    }
  }

  private func report(
    on change: BacktestChange, of tenant: TenantID
  ) throws -> BacktestReport {
    let report: BacktestReport? = try slot.run {
      var configuration = Backtest.Configuration(
        logFolder: logFolder, build: try programDigest(), change: change)
      configuration.tenant = tenant
      let end = ContinuousClock.now + Self.timeLimit
      do {
        return try Backtest(configuration).run { count in
          guard ContinuousClock.now < end else { throw Problem.tooLong(count, Self.timeLimit) }
        }
      } catch let error as BacktestError { throw Problem.invalidValue("\(error)") }
    }
    guard let report else {
      throw Problem(
        .backtestRunning,
        detail: "Another back-test is running. Try again in \(Self.retrySeconds) seconds.",
        retryAfterSeconds: Self.retrySeconds)
    }
    return report
  }
}

extension Problem {
  fileprivate static func tooLong(_ eventCount: Int, _ limit: Duration) -> Problem {
    Problem(
      .backtestUnfinished,
      detail: "The back-test was ended after \(limit.components.seconds) seconds, at event "
        + "\(eventCount). redress backtest has no limit, and its --from and --to choose a span.")
  }
}
