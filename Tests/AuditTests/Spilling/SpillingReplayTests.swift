// Replays that move everything out of memory after every commit: they report what a replay does
// that keeps everything.

import EventLog
import EventSourcing
import Testing

@testable import Audit

struct `A replay that moves what it keeps out of memory` {
  /// What an audit reports, but for its program and span.
  private struct Outcome: Equatable {
    var controls: [ControlResult]
    var tenants: [AuditedTenant]
    var changes: [AdministrativeChange]

    init(_ report: AuditReport) {
      (controls, tenants, changes) = (report.controls, report.tenants, report.changes)
    }
  }

  @Test(arguments: `The controls of the audit`.forgeries)
  func `finds the same in a forged history`(
    _ forgery: `The controls of the audit`.Forgery
  ) async throws {
    var history = try await ForgedHistory(HonestHistory.shared.value)
    try forgery.forge(&history)
    try expectSame(history, isVerified: forgery.isVerified)
  }

  @Test func `finds nothing in an honest history`() async throws {
    try expectSame(try await ForgedHistory(HonestHistory.shared.value))
  }

  private func expectSame(_ history: ForgedHistory, isVerified: Bool = true) throws {
    var history = history
    history.hasSmallFrames = true
    let kept = try history.audited(isVerified: isVerified)
    let spilled = try history.audited(isVerified: isVerified) { $0.spillSpan = 1 }
    #expect(Outcome(spilled) == Outcome(kept))
    #expect(spilled.unchecked == kept.unchecked)
  }

  @Test func `verifies an honest history, and counts its streams once`() async throws {
    var history = try await ForgedHistory(HonestHistory.shared.value)
    history.hasSmallFrames = true
    try history.written { folder, head in
      func report(_ spillSpan: Int) throws -> HistoryReport {
        var verification = Verification(
          logFolder: folder + "/log", checkpoints: [ForgedHistory.tenant: head])
        verification.spillSpan = spillSpan
        return try verification.run()
      }
      let (kept, spilled) = try (report(.max), report(1))
      #expect(spilled.frameCount == history.commits.count)
      #expect(spilled.streamCount == kept.streamCount && spilled.chain == kept.chain)
      #expect(spilled.signedSizes == kept.signedSizes)
    }
  }

  @Test func `counts the bytes of all lines`() async throws {
    let history = try await ForgedHistory(HonestHistory.shared.value)
    try history.written { folder, _ in
      var byteCount = 0
      let totals = try LogReplay(folder: folder + "/log").forEachFrame(progress: { _ in }) {
        byteCount += $0.byteCount
      }
      var verification = Verification(logFolder: folder + "/log")
      // With the newline of each line.
      #expect(byteCount + totals.eventCount == (try verification.run().lineByteCount))
    }
  }

  @Test func `finds a command that took effect again`() async throws {
    var history = try await ForgedHistory(HonestHistory.shared.value)
    history.hasSmallFrames = true
    history.repeatCommand(of: 3, in: 40)
    try history.written { folder, _ in
      var verification = Verification(logFolder: folder + "/log")
      verification.spillSpan = 1
      let finding = #expect(throws: Finding.self) { try verification.run() }
      #expect(finding?.reason.contains("took effect twice") == true)
      #expect(finding?.ordinal == Ordinal(40))
    }
  }

  @Test func `stops where something cannot be read again`() async throws {
    let commits = try await HonestHistory.shared.value.commits
    let history = TenantHistory(signed: [])
    let file = try SpillFile()
    func commit(_ index: Int) -> DecodedCommit {
      DecodedCommit(
        segment: "", offset: 0, ordinal: .first, tenant: ForgedHistory.tenant,
        firstPosition: history.nextPosition, events: commits[index])
    }
    try history.append(commit(0))
    try history.spill(into: file)
    file.note(file.isTooShort)
    #expect(throws: file.isTooShort) { try history.append(commit(1)) }
  }
}
