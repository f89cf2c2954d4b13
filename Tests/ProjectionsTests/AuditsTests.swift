// What the pages of audits and accesses say, from the entries of the service itself (T3).

import CommandHandling
import EventLog
import EventSourcing
import Events
import JSON
import Projecting
import Projections
import RunningRedress
import Testing

struct AuditsTests {
  private static let acme = TenantID(unchecked: "acme")

  private func record(_ redress: RunningRedress, _ command: (RecordID) -> SystemCommand)
    async throws
  {
    try await redress.sequencer.record(SystemEntry(command), peerUID: 1000)
    let last = Position(redress.log.durableEnd(of: .system).value - 1)
    #expect(
      await redress.projections.wait(for: last, of: .system, in: Audits.name, seconds: 60))
  }

  private func audit(
    _ redress: RunningRedress, findings: [RecordedFinding]
  ) async throws {
    try await record(redress) { id in
      .recordAudit(
        RecordAudit(
          recordID: id, tenant: Self.acme, eventCount: 412, signedCount: 400, build: "sha256:ab",
          rulesVersion: 1, by: Actor(.service, "uid-1000"),
          controls: [
            ControlOutcome(control: "balances", examined: 96, findings: findings.count),
            ControlOutcome(control: "erasures", examined: 0, findings: 0),
          ], findings: findings))
    }
  }

  @Test func `of the last audit each control and each finding is shown, with its positions`()
    async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    #expect(await redress.settle())
    #expect(try await redress.page("/tenants/acme/audit").contains("was not audited yet"))
    let finding = RecordedFinding(
      control: "balances", positions: [57, 60], sentence: "more than <was> captured")
    try await audit(redress, findings: [finding])
    #expect(await redress.settle())
    let page = try await redress.page("/tenants/acme/audit")
    for text in [
      "1 finding", "the first 400", "more than &lt;was&gt; captured", "nothing to examine",
      #"<a href="/tenants/acme/explain/position/57">57</a>"#,
    ] { #expect(page.contains(text), "\(text)") }
    #expect(try await redress.json("/v1/audit")["audit"]?["findingCount"]?.integer == 1)

    try await audit(redress, findings: [])
    #expect(await redress.settle())
    let next = try await redress.page("/tenants/acme/audit")
    #expect(next.contains("Every control holds.") && !next.contains("captured"))
    redress.stop()
  }

  @Test func `accesses are of one tenant, the newest first`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    for (tenant, what) in [("acme", "case/k1"), ("other", "case/k2"), ("acme", "case/k3")] {
      try await record(redress) { id in
        .recordAccess(
          RecordAccess(
            recordID: id, kind: .personalTexts, tenant: TenantID(unchecked: tenant), what: what,
            reason: "complaint 17", way: .commandLine, by: Actor(.service, "uid-1000")))
      }
    }
    #expect(await redress.settle())
    let accesses = try await redress.json("/v1/accesses")["accesses"]?.elements
    #expect(accesses?.map { $0["what"]?.string } == ["case/k3", "case/k1"])
    #expect(try await redress.page("/tenants/acme/audit/accesses").contains("complaint 17"))
    redress.stop()
  }
}
