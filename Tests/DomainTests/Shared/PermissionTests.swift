// Who may do what (rule book): every command by every kind of actor.

import Domain
import EventSourcing
import Events
import Testing

/// One of each.
let everyCommand: [Command] =
  asking + deciding + recordingOutcomes + confirmingPayments + answeringForTheProvider
  + mirroringTheShop + suspending + managingTheTenant + erasing

private let asking: [Command] = [
  .openCase(CaseTests.open), .requestRefund(requesting([("1", 1)])),
  .amendRefund(RefundAmendmentTests.toOneHolder), .cancelRefund(CancelRefund(refundID: "srf_1")),
  returning([("1", 1)]), cancelReturn, shipped,
  MessageTests.write(as: .buyer), EvidenceTests.attach,
]
private let deciding: [Command] = [
  .assignCase(AssignCase(caseID: "sca_9", owner: "usr_17")), CaseTests.become(.escalated),
  CaseTests.resolve(), CaseTests.reopen, .closeCase(CloseCase(caseID: "sca_9")),
  RefundApprovalTests.approve, .denyRefund(DenyRefund(refundID: "srf_1", reason: "worn")),
  RefundExecutionTests.execute, ChargebackTests.represent,
  PayoutHoldTests.applying(600), PayoutHoldTests.release, approveReturn(), reject,
  receiving(came("1")), inspecting(found("1")), complete(), ReturnCreditTests.grant(1),
  CaseActionTests.hide,
  CaseActionTests.restore, CaseActionTests.watch, CaseActionTests.unwatch,
  CaseActionTests.become(.high),
]
private let recordingOutcomes: [Command] = [
  ChargebackTests.opening(600),
  ChargebackTests.outcome(.won), PayoutHoldTests.expire, expireReturn,
  CaseActionTests.deposit(), SlaClockTests.missed(.resolution),
]
private let confirmingPayments: [Command] = [
  RefundExecutionTests.reconcile(.executed, reference: "sim_3f2a")
]
private let answeringForTheProvider: [Command] = [
  RefundExecutionTests.executed(), RefundExecutionTests.failed(), RefundExecutionTests.unknown(),
  RefundExecutionTests.reconcile(.failed, reason: "closed"),
]
private let mirroringTheShop: [Command] = [
  ShopTests.disconnecting(), .registerCustomer(TenantTests.robin),
  .changeCustomerDetails(ChangeCustomerDetails(customerID: "cus_5")),
  .setCustomerTags(SetCustomerTags(customerID: "cus_5", tags: ["vip"])),
  .recordOrder(OrderTests.record), OrderTests.amending([holders]),
  OrderTests.capture("pay_1", 2606),
  .recordDelivery(RecordDelivery(orderID: "536365", deliveredAt: noon)),
  .cancelOrder(CancelOrder(orderID: "536365", cancelledAt: noon)), ShopTests.syncing(),
]
private let suspending: [Command] = [
  .suspendTenant(SuspendTenant(reason: "Invoice unpaid")), .reinstateTenant(ReinstateTenant()),
]
private let managingTheTenant: [Command] = [
  .beginImport(BeginImport()), .endImport(EndImport()),
  ShopTests.connecting(),
  TenantTests.register, .changeTenantSettings(ChangeTenantSettings()),
  SlaCalendarTests.define(), SlaCalendarTests.set(),
  .addAgent(AddAgent(agentID: "usr_21", role: .agent)),
  .changeAgentRole(ChangeAgentRole(agentID: "usr_17", role: .admin)),
  .removeAgent(RemoveAgent(agentID: "usr_17")),
  PolicyTests.define(), .activatePolicy(ActivatePolicy(policyID: "standard")),
  .deactivatePolicy(DeactivatePolicy(policyID: "standard")),
  .changeReturnSettings(ChangeReturnSettings(expiryDays: 14)),
]

private let erasing: [Command] = [
  PrivacyTests.erase, PrivacyTests.place, PrivacyTests.release,
]

struct PermissionTests {
  static func rejection(of command: Command, by actor: Actor) -> PermissionRejection? {
    do {
      try authorize(command, facts: given(acme()).facts(actor, noon))
      return nil
    } catch {
      return error
    }
  }

  @Test func `there is one of each command`() {
    #expect(Set(everyCommand.map(\.type)) == Set(Command.types))
    // ReconcileRefund needs one right to confirm a payment, and another to say that it failed.
    #expect(everyCommand.count == Command.types.count + 1)
  }

  @Test(arguments: everyCommand)
  func `customers ask and nothing else`(command: Command) {
    let isAllowed = asking.contains(command)
    #expect(
      Self.rejection(of: command, by: customer)
        == (isAllowed ? nil : .customersMayOnlyAsk(customer, command.permission)))
  }

  @Test(arguments: everyCommand)
  func `agents ask and decide`(command: Command) {
    let isAllowed = (asking + deciding).contains(command)
    #expect(
      Self.rejection(of: command, by: agent)
        == (isAllowed ? nil : .notInThisRole(agent, role: .agent, command.permission)))
  }

  @Test(arguments: everyCommand)
  func `the system submits every command, and admins all that the provider need not say`(
    command: Command
  ) {
    #expect(Self.rejection(of: command, by: "system/refund-execution") == nil)
    let isAllowed = !answeringForTheProvider.contains(command)
    #expect(
      Self.rejection(of: command, by: admin)
        == (isAllowed ? nil : .notInThisRole(admin, role: .admin, .answerForProvider)))
  }

  @Test(arguments: everyCommand)
  func `services work on cases and tell of the shop, and manage and erase nothing`(
    command: Command
  ) {
    let service: Actor = "service/uid-1000"
    let isAllowed = (asking + deciding + recordingOutcomes + mirroringTheShop + suspending)
      .contains(command)
    #expect(
      Self.rejection(of: command, by: service)
        == (isAllowed ? nil : .notForServices(service, command.permission)))
  }

  @Test(arguments: answeringForTheProvider)
  func `while a history is told, a service says what became of its payments`(command: Command)
    throws
  {
    let facts = given(acme(), [.importBegun(ImportBegun())]).facts("service/uid-1000", noon)
    #expect(throws: Never.self) { try authorize(command, facts: facts) }
  }

  @Test(arguments: managingTheTenant)
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
