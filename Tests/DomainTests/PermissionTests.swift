// Who may do what (DOMAIN.md): every command by every kind of actor.

import Domain
import EventSourcing
import Events
import Testing

/// One of each.
let everyCommand: [Command] =
  asking + deciding + recordingOutcomes + mirroringOrders + managingTheTenant + erasing

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
  receiving(came("1")), inspecting(found("1")), complete(), ReturnMoneyTests.grant(1),
  CaseActionTests.hide,
  CaseActionTests.restore, CaseActionTests.watch, CaseActionTests.unwatch,
  CaseActionTests.become(.high),
]
private let recordingOutcomes: [Command] = [
  RefundExecutionTests.executed(), RefundExecutionTests.failed(), RefundExecutionTests.unknown(),
  RefundExecutionTests.reconcile(.failed, reason: "closed"), ChargebackTests.opening(600),
  ChargebackTests.outcome(.won), PayoutHoldTests.expire, expireReturn,
  CaseActionTests.deposit(), SlaClockTests.missed(.resolution),
]
private let mirroringOrders: [Command] = [
  .recordOrder(OrderTests.record), OrderTests.amending([holders]),
  OrderTests.capture("pay_1", 2606),
  .recordDelivery(RecordDelivery(orderID: "536365", deliveredAt: noon)),
  .cancelOrder(CancelOrder(orderID: "536365", cancelledAt: noon)), ShopTests.syncing(),
]
private let managingTheTenant: [Command] = [
  ShopTests.connecting(), ShopTests.disconnecting(),
  TenantTests.register, .changeTenantSettings(ChangeTenantSettings()),
  SlaCalendarTests.define(), SlaCalendarTests.set(),
  .suspendTenant(SuspendTenant(reason: "Invoice unpaid")), .reinstateTenant(ReinstateTenant()),
  .addAgent(AddAgent(agentID: "usr_21", role: .agent)),
  .changeAgentRole(ChangeAgentRole(agentID: "usr_17", role: .admin)),
  .removeAgent(RemoveAgent(agentID: "usr_17")), .registerCustomer(TenantTests.robin),
  .changeCustomerDetails(ChangeCustomerDetails(customerID: "cus_5")),
  .setCustomerTags(SetCustomerTags(customerID: "cus_5", tags: ["vip"])),
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
    #expect(everyCommand.count == Command.types.count)
  }

  @Test(arguments: everyCommand)
  func `customers ask and nothing else`(command: Command) {
    let isAllowed = asking.contains(command)
    #expect(
      Self.rejection(of: command, by: customer)
        == (isAllowed ? nil : .customersMayOnlyAsk(customer, command.right)))
  }

  @Test(arguments: everyCommand)
  func `agents ask and decide`(command: Command) {
    let isAllowed = (asking + deciding).contains(command)
    #expect(
      Self.rejection(of: command, by: agent)
        == (isAllowed ? nil : .notInThisRole(agent, role: .agent, command.right)))
  }

  @Test(arguments: everyCommand)
  func `admins, services and the system submit every command`(command: Command) {
    for actor in [admin, "service/uid-1000", "system/refund-execution"] {
      #expect(Self.rejection(of: command, by: actor) == nil)
    }
  }

  @Test(arguments: everyCommand)
  func `auditors and ops submit none of these`(command: Command) {
    let auditor: Actor = "agent/usr_19"
    let ops: Actor = "agent/usr_20"
    #expect(
      Self.rejection(of: command, by: auditor)
        == .notInThisRole(auditor, role: .auditor, command.right))
    #expect(
      Self.rejection(of: command, by: ops) == .notInThisRole(ops, role: .ops, command.right))
  }

  @Test(arguments: everyCommand)
  func `T1: an agent works for this tenant`(command: Command) {
    #expect(
      Self.rejection(of: command, by: "agent/usr_99") == .notOneOfTheTenantsPeople("agent/usr_99"))
  }

  @Test func `a refusal says who may`() {
    let rejection = PermissionRejection.notInThisRole(agent, role: .agent, .manageTenant)
    #expect(rejection.detail.hasSuffix("Who may: admin."))
  }
}
