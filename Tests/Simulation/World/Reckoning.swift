// The end of the story: everything works again, everybody is answered, every payment is settled;
// then all books are compared.

internal import Audit
internal import CommandHandling
internal import Cryptography
internal import Domain
internal import EventLog
internal import EventSourcing
internal import Events
internal import Foundation
internal import JudgedLogs
internal import ProcessManagers
internal import Projections

extension World {
  private static let patience = 3_000

  func settleEverything() throws {
    say("settling")
    provider.isFriendly = true
    try end(isPowerLost: false)
    for _ in 0..<Self.patience {
      try step(isFriendly: true)
      if try isSettled() { return }
    }
    throw Violation(
      """
      it does not settle: \(unanswered.count) commands are unanswered, and these refunds do not \
      end: \(try readModels.openExecutions())
      """)
  }

  private func isSettled() throws -> Bool {
    guard let process, unanswered.isEmpty, !provider.isBusy, process.workCount == 0,
      readModels.checkpoint == process.log.durableEnd
    else { return false }
    // What was tried too often waits for a person.
    return try knowledge.suspended.isEmpty && knowledge.chargebacks.isEmpty
      && readModels.openExecutions().allSatisfy {
        $0.stage == .unreceived && $0.attempt >= RefundExecution.attemptCountMax
      }
  }

  func reckon() throws {
    guard let process else { throw Violation("nothing runs at the end") }
    try checkLookups(process)
    self.process = nil
    process.die()
    // Closing made everything durable: nothing of it may depend on luck any more.
    disk.losePower(Crash(keeping: 0, size: .written))
    let history = try History(disk, ServiceProcess.logFolder)
    try history.requireContinues(certain)
    try history.requireHolds(ledger)
    let money = try Money(history.events)
    try money.requireAgrees(with: provider, isSettled: true)
    try money.requireAgrees(with: readModels)
    try requireNothingForgotten(history)
    (summary.personalCount, summary.erasedCount) = try Secrets.requireKept(
      in: history.events, keys)
    let rebuilt = try ReadModels()
    for event in history.events { try rebuilt.apply(event) }
    try require(rebuilt.digests() == readModels.digests(), "rebuilt read models differ")
    var verification = Verification(logFolder: ServiceProcess.logFolder, fileSystem: disk)
    let report = try verification.run()
    try require(report.eventCount == history.eventCount, "verification saw another history")
    try require(report.tornTail == nil, "a closed log has an unfinished write")
    let audit = ComplianceAudit(
      .init(logFolder: ServiceProcess.logFolder, build: "simulation"), fileSystem: disk)
    let findings = try audit.run().findings
    try require(findings.isEmpty, "a control of the audit does not hold: \(findings)")
    try keepForJudging()
    summary.eventCount = history.eventCount
    summary.executedCount = money.executedCount
    summary.digest = report.chain.description
  }

  /// Every approved refund was paid or visibly failed, and no outcome is unknown any more.
  private func requireNothingForgotten(_ history: History) throws {
    var refunds: [String: Refund] = [:]
    for recorded in history.events {
      guard case .refund(let id) = recorded.event.subject else { continue }
      try refunds["\(recorded.tenant)/\(id)", default: Refund()].fold(recorded.event)
    }
    for (name, refund) in refunds {
      let isOver = ![.approved, .processing, .outcomeUnknown].contains(refund.status)
      try require(isOver, "refund \(name) was forgotten, \(String(describing: refund.status))")
    }
  }

  private func keepForJudging() throws {
    guard JudgedLogs.areWanted else { return }
    let folder = ServiceProcess.logFolder
    let names = try disk.names(in: folder).filter { $0.hasSuffix(".zst") }
    JudgedLogs.keep(names.map { ($0, Data(disk.content(of: folder + "/" + $0))) }, lines: .events)
  }

  /// Random access finds what reading everything finds.
  private func checkLookups(_ process: ServiceProcess) throws {
    let history = try History(disk, ServiceProcess.logFolder)
    var streams: [TenantID: [StreamName: [Position]]] = [:]
    for event in history.events {
      streams[event.tenant, default: [:]][event.stream, default: []].append(event.position)
    }
    for (tenant, streams) in streams {
      for (stream, positions) in streams {
        let found = try process.log.positions(of: stream, in: tenant)
        try require(found == positions, "\(stream) of \(tenant) is at \(found), not \(positions)")
        guard let trial = try SnapshotTrial(stream, of: tenant, in: process.log) else { continue }
        try require(trial.isSame, "the snapshot of \(stream) of \(tenant) is not what it should be")
        summary.snapshotCount += trial.hasSnapshot ? 1 : 0
      }
    }
  }
}
