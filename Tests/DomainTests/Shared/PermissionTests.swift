// Who may do what (rule book): every command by every kind of actor.

import Domain
import EventSourcing
import Events
import Testing

/// The examples of every command's schema.
let everyCommand = ExampleCommands.all

extension Command {
  fileprivate func needs(_ permissions: Permission...) -> Bool { permissions.contains(permission) }
}

struct PermissionTests {
  static func rejection(of command: Command, by actor: Actor) -> PermissionRejection? {
    do {
      try authorize(command, facts: given(acme()).facts(actor, noon))
      return nil
    } catch {
      return error
    }
  }

  @Test func `every command has an example, and every permission a command`() {
    #expect(Set(everyCommand.map(\.type)) == Set(Command.types))
    #expect(Set(everyCommand.map(\.permission)) == Set(Permission.allCases))
  }

  @Test func `who confirms a payment need not be the provider, who reports a failure must`() {
    let confirming = RefundExecutionTests.reconcile(.executed, reference: "sim_3f2a")
    #expect(confirming.permission == .confirmPayments)
    let failing = RefundExecutionTests.reconcile(.failed, reason: "closed")
    #expect(failing.permission == .answerForProvider)
  }

  @Test(arguments: everyCommand)
  func `customers ask and nothing else`(command: Command) {
    let isAllowed = command.needs(.ask)
    #expect(
      Self.rejection(of: command, by: customer)
        == (isAllowed ? nil : .customersMayOnlyAsk(customer, command.permission)))
  }

  @Test(arguments: everyCommand)
  func `agents ask and decide`(command: Command) {
    let isAllowed = command.needs(.ask, .decide)
    #expect(
      Self.rejection(of: command, by: agent)
        == (isAllowed ? nil : .notInThisRole(agent, role: .agent, command.permission)))
  }

  @Test(arguments: everyCommand)
  func `the system submits every command, and admins all that the provider need not say`(
    command: Command
  ) {
    #expect(Self.rejection(of: command, by: "system/refund-execution") == nil)
    let isAllowed = !command.needs(.answerForProvider, .keepRecords)
    #expect(
      Self.rejection(of: command, by: admin)
        == (isAllowed ? nil : .notInThisRole(admin, role: .admin, command.permission)))
  }

  @Test(arguments: everyCommand)
  func `services work on cases and tell of the shop, and manage and erase nothing`(
    command: Command
  ) {
    let service: Actor = "service/uid-1000"
    let isAllowed = command.needs(.ask, .decide, .recordOutcomes, .mirrorShop, .suspend)
    #expect(
      Self.rejection(of: command, by: service)
        == (isAllowed ? nil : .notForServices(service, command.permission)))
  }

  @Test(arguments: everyCommand.filter { $0.needs(.answerForProvider, .confirmPayments) })
  func `while a history is told, a service says what became of its payments`(command: Command)
    throws
  {
    let facts = given(acme(), [.importBegun(ImportBegun())]).facts("service/uid-1000", noon)
    #expect(throws: Never.self) { try authorize(command, facts: facts) }
  }

  @Test(arguments: everyCommand.filter { $0.needs(.manageTenant) })
  func `until there is an admin, a service manages the tenant`(command: Command) throws {
    let service: Actor = "service/uid-1000"
    for history in [[], [acme()[0]], Array(acme().prefix(2))] {
      let facts = given(history).facts(service, noon)
      #expect(throws: Never.self) { try authorize(command, facts: facts) }
    }
  }

  @Test(arguments: everyCommand)
  func `auditors and ops submit none of these`(command: Command) {
    let auditor: Actor = "agent/usr_19"
    let ops: Actor = "agent/usr_20"
    #expect(
      Self.rejection(of: command, by: auditor)
        == .notInThisRole(auditor, role: .auditor, command.permission))
    #expect(
      Self.rejection(of: command, by: ops) == .notInThisRole(ops, role: .ops, command.permission))
  }

  @Test(arguments: everyCommand)
  func `T1: an agent works for this tenant`(command: Command) {
    #expect(
      Self.rejection(of: command, by: "agent/usr_99") == .notOneOfTheTenantsPeople("agent/usr_99"))
  }

  @Test func `a refusal says who may`() {
    let rejection = PermissionRejection.notInThisRole(agent, role: .agent, .manageTenant)
    #expect(rejection.detail.hasSuffix("Who may: admin."))
    #expect(
      PermissionRejection.notForServices("service/shop", .answerForProvider).detail
        .hasSuffix("Who may: Redress itself, by the provider's books."))
  }
}
