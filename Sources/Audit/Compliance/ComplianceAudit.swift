// Replays the log once and runs all controls over it. The replay makes the checks of `Verification`
// that a control depends on: frames, chain values, canonical lines, positions, revisions, folds and
// signed checkpoints. A history that fails there has no states to examine, and the audit throws.

package import EventLog
public import EventSourcing
import Events
public import PersonalData
public import Transparency

/// Audits a log folder.
public struct ComplianceAudit {
  /// What is audited, and with what.
  public struct Configuration: Sendable {
    public var logFolder: String
    /// The program that audits.
    public var build: String
    /// By tenant, a tree that was signed, to be found again in the log.
    public var checkpoints: [TenantID: TreeHead] = [:]
    /// The same by day, of those that are kept.
    public var dailyCheckpoints: [TenantID: [CalendarDate: TreeHead]] = [:]
    /// The personal keys, to see whether those of erased persons are gone.
    public var vault: PersonalVault?
    /// All tenants if `nil`.
    public var tenant: TenantID?
    /// Commits with an event in this span are examined; those before are replayed only.
    public var from: AuditBound?
    public var to: AuditBound?

    public init(logFolder: String, build: String) {
      (self.logFolder, self.build) = (logFolder, build)
    }

    /// After how many bytes of lines something may leave memory.
    var spillSpan = SpillPace.standardSpan

    var span: AuditSpan { AuditSpan(from: from, to: to) }
  }

  /// How many commits are replayed at a time, at least.
  private static let batchSize = 1 << 13

  private let configuration: Configuration
  private let log: LogReplay

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    log = LogReplay(folder: configuration.logFolder, tenant: configuration.tenant)
  }

  package init(_ configuration: Configuration, fileSystem: any FileSystem) {
    self.configuration = configuration
    log = LogReplay(
      folder: configuration.logFolder, fileSystem: fileSystem, tenant: configuration.tenant)
  }

  /// Replays everything.
  ///
  /// - Parameter progress: called with the number of events replayed so far.
  /// - Throws: `LogError` for damaged bytes, ``Finding`` for a history that cannot be,
  ///   ``CheckpointMismatch`` for one that was not signed.
  public func run(progress: (Int) -> Void = { _ in }) throws -> AuditReport {
    var report = AuditReport(
      build: configuration.build, from: configuration.from, to: configuration.to)
    let signed = Set(configuration.checkpoints.keys).union(configuration.dailyCheckpoints.keys)
      .filter(log.includes)
    let replays = TenantParts { TenantReplay(of: $0, configuration) }
    var pace = SpillPace(span: configuration.spillSpan)
    // Tenants are replayed side by side while the next batch is read, and wait for each other
    // after each batch only.
    var batch: [DecodedCommit] = []
    func replayBatch() throws {
      let commits = batch
      batch = []
      try replays.replay(commits) { try $0.append($1) }
      try pace.count(commits.byteCount) { file in
        try replays.visit { try $0.spill(into: file) }
      }
    }
    let totals: LogReplay.Totals
    do {
      totals = try log.forEachFrame(hashing: signed, progress: progress) { commits in
        batch += commits
        if batch.count >= Self.batchSize { try replayBatch() }
      }
    } catch {
      // What comes before damage is found before it.
      try replayBatch()
      try replays.finish()
      throw error
    }
    try replayBatch()
    try replays.finish()
    (report.commitCount, report.eventCount) = (totals.commitCount, totals.eventCount)
    report.chain = totals.chain
    for tenant in signed { _ = replays[tenant] }
    try finish(replays.inOrder.map(\.part), &report)
    if totals.tornTail != nil { report.unchecked.append(.unfinishedWrite) }
    return report
  }

  private func finish(_ replays: [TenantReplay], _ report: inout AuditReport) throws {
    report.controls = Controls.all.map {
      ControlResult(id: $0.id, statement: $0.statement, rules: $0.rules)
    }
    for replay in replays {
      try replay.finish()
      report.tenants.append(replay.summary)
      report.changes += replay.changes
      for (index, result) in replay.results.enumerated() {
        report.controls[index].count += result.count
        report.controls[index].passedOver.merge(result.passedOver, uniquingKeysWith: +)
        report.controls[index].findings += result.findings
      }
    }
    report.unchecked =
      UncheckedMatter.always + unchecked(report.tenants) + report.controls.flatMap(\.unchecked)
  }

  /// What this audit in particular did not check.
  private func unchecked(_ tenants: [AuditedTenant]) -> [UncheckedMatter] {
    var matters: [UncheckedMatter] = []
    if configuration.vault == nil {
      matters.append(
        UncheckedMatter(
          "whether the keys of erased persons are gone", because: "there are no personal keys"))
    }
    for tenant in tenants {
      guard let size = tenant.signedSize else {
        matters.append(
          UncheckedMatter(
            "whether the history of \(tenant.tenant) is the one that was signed",
            because: "no signed checkpoint of it could be verified"))
        continue
      }
      if let days = tenant.signing, days.since == nil {
        matters.append(
          UncheckedMatter(
            "on which days checkpoints of \(tenant.tenant) were signed",
            because: "no checkpoint of it is kept by day"))
      }
      let count = tenant.eventCount - Int(size)
      if count > 0 {
        matters.append(
          UncheckedMatter(
            "whether the last \(count) events of \(tenant.tenant) are signed",
            because: "its newest checkpoint covers \(size) events"))
      }
    }
    if configuration.from != nil || configuration.to != nil {
      matters.append(
        UncheckedMatter("commits outside the span", because: "they were replayed, not examined"))
    }
    return matters
  }
}

extension ControlResult {
  /// What the control had to pass over.
  fileprivate var unchecked: [UncheckedMatter] {
    passedOver.sorted { $0.key.matter < $1.key.matter }.map { what, count in
      UncheckedMatter("\(count) \(what.matter), by \(id)", because: what.reason)
    }
  }
}

extension UncheckedMatter {
  static let unfinishedWrite = UncheckedMatter(
    "the unfinished write at the log's end",
    because: "it was never acknowledged, or a service is writing it")

  /// What no audit checks.
  static let always = [
    UncheckedMatter(
      "the lengths of sealed texts (M1)", because: "they are decided again without being opened"),
    UncheckedMatter(
      "how a discount on a whole order was spread over its lines (R2)",
      because: "the history has the spread prices, not those that the shop told"),
    UncheckedMatter(
      "whether a process was entitled to claim its actor",
      because: "grants are configuration and not part of the history"),
    UncheckedMatter(
      "at which time of a day checkpoints were signed",
      because: "the last one of each day is kept, under the day of the service's clock"),
    UncheckedMatter(
      "personal texts and their keys, except those of erased persons",
      because: "redress verify opens them"),
  ]
}
