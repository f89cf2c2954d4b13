// From where on other rules decide is written in each tenant's history, so that an audit can tell
// by which rules a commit was decided.

import CommandHandling
import Domain
import EventSourcing
import Events
import RunningRedress
import Testing

struct `The version of the rules` {
  private static let next = RuleBook.version + 1
  private static let acme = TenantID(unchecked: "acme")

  private func submit(_ redress: RunningRedress, _ id: String) async throws -> Answer {
    try await redress.submit(id, "AddAgent", #"{"agentId":"\#(id)","role":"agent"}"#)
  }

  private func types(_ redress: RunningRedress, after count: Int) throws -> [String] {
    try redress.history().dropFirst(count).map(\.event.type)
  }

  @Test func `is not written while no other rules have decided`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.stop()
    #expect(try !types(redress, after: 0).contains("RulesAdopted"))
  }

  @Test func `is written before the first command that newer rules decide, and once`()
    async throws
  {
    let old = try RunningRedress()
    defer { old.removeFolder() }
    try await old.prepare()
    old.stop()
    let count = try old.history().count

    let new = try RunningRedress(folder: old.folder, rulesVersion: Self.next)
    let refused = try await submit(new, "kim")
    #expect(refused.rejection == "agentAlreadyAdded", "the answer is about the command alone")
    let accepted = try await submit(new, "lee")
    #expect(accepted.types == ["AgentAdded"])
    let again = try await submit(new, "lee")
    #expect(again.isReplay && again.types == ["AgentAdded"])
    new.stop()
    #expect(try types(new, after: count) == ["RulesAdopted", "CommandRejected", "AgentAdded"])
    let adopted = try #require(try new.history().dropFirst(count).first)
    #expect(adopted.event == .rulesAdopted(RulesAdopted(version: Self.next)))

    let restarted = try RunningRedress(folder: old.folder, rulesVersion: Self.next)
    #expect(try await submit(restarted, "pat").types == ["AgentAdded"])
    #expect(
      try await submit(restarted, "kim").rejection == "agentAlreadyAdded",
      "what was refused with the adoption is refused again")
    restarted.stop()
    #expect(try types(restarted, after: count + 3) == ["AgentAdded"])
  }

  @Test func `is said by the first event of a tenant that begins`() async throws {
    let redress = try RunningRedress(rulesVersion: Self.next)
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.stop()
    guard case .tenant(.tenantRegistered(let first))? = try redress.history().first?.event else {
      Issue.record("another first event")
      return
    }
    #expect(first.rulesVersion == Self.next)
    #expect(try !types(redress, after: 0).contains("RulesAdopted"))
  }

  @Test func `is not taken back by an older program, which decides nothing`() async throws {
    let new = try RunningRedress(rulesVersion: Self.next)
    defer { new.removeFolder() }
    try await new.prepare()
    new.stop()
    let end = try new.history().count
    let old = try RunningRedress(folder: new.folder)
    guard case .newerRules(let reason) = try await submit(old, "lee").outcome else {
      Issue.record("an older program decided")
      return
    }
    #expect(reason.contains("version \(Self.next)") && reason.contains("run the newer one"))
    old.stop()
    #expect(try old.history().count == end)
  }
}
