// Replays the log once and decides again, under changed settings, what the settings bear on. It
// reads only the log's files and writes nothing; the same log and the same change give the same
// report.

import Calendars
import EventLog
public import EventSourcing

/// Tries a change of a tenant's settings or policy on its history.
public struct Backtest {
  /// What is replayed, and with what change.
  public struct Configuration: Sendable {
    public var logFolder: String
    /// The program that replays.
    public var build: String
    public var change: BacktestChange
    /// All tenants if `nil`.
    public var tenant: TenantID?
    /// Decisions with an event in this span are replayed; all commits before lead to their states.
    public var from: AuditBound?
    public var to: AuditBound?

    public init(logFolder: String, build: String, change: BacktestChange) {
      (self.logFolder, self.build, self.change) = (logFolder, build, change)
    }
  }

  private let configuration: Configuration

  public init(_ configuration: Configuration) { self.configuration = configuration }

  /// Replays everything.
  ///
  /// - Parameter progress: called with the number of events replayed so far; what it throws ends
  ///   the replay.
  /// - Throws: `LogError` for damaged bytes, ``Finding`` for a history that cannot be,
  ///   ``BacktestError`` for a change that does not fit a tenant.
  public func run(progress: (Int) throws -> Void = { _ in }) throws -> BacktestReport {
    let log = LogReplay(folder: configuration.logFolder, tenant: configuration.tenant)
    let span = AuditSpan(from: configuration.from, to: configuration.to)
    let calendars = TenantCalendars()
    let tenants = TenantParts { TenantBacktest(of: $0, configuration.change, span, calendars) }
    var pace = SpillPace()
    let totals = try log.forEachFrame(progress: progress) { commits in
      for commit in commits { try tenants[commit.tenant].append(commit) }
      try pace.count(commits.byteCount) { file in
        try tenants.visit { try $0.spill(into: file) }
      }
    }
    var report = BacktestReport(
      build: configuration.build, change: configuration.change.json, from: configuration.from,
      to: configuration.to)
    (report.commitCount, report.eventCount) = (totals.commitCount, totals.eventCount)
    (report.chain, report.hasUnfinishedWrite) = (totals.chain, totals.tornTail != nil)
    for (_, tenant) in tenants.inOrder {
      try tenant.finish()
      report.tenants.append(tenant.summary)
      report.outcomes += tenant.matters.sorted
      report.decisions.merge(tenant.counts, uniquingKeysWith: +)
      report.notReplayed.merge(tenant.notReplayed, uniquingKeysWith: +)
    }
    report.breakdowns = try Breakdown.Property.allCases.map {
      try Breakdown(of: report.outcomes, by: $0)
    }
    return report
  }
}
