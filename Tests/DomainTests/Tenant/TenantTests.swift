// T1, T2, the tenant's people and its customers.

import Domain
import EventSourcing
import Events
import Testing

struct TenantTests {
  static let register = Command.registerTenant(
    RegisterTenant(name: "Acme Ltd", currency: "GBP", timeZone: "Europe/London"))

  @Test func `a tenant gets the defaults that it does not name`() {
    given().when(Self.register, by: "service/uid-1000").then([
      .tenantRegistered(
        TenantRegistered(
          name: "Acme Ltd",
          settings: TenantSettings(
            currency: "GBP", timeZone: "Europe/London", returnWindowDays: 14, autoApproveLimit: 0,
            agentApprovalLimit: 100_000, fourEyes: false, emailNotifications: false,
            reopenWindowDays: 30)))
    ])
  }

  @Test func `a tenant keeps the settings that it names`() {
    let command = RegisterTenant(
      name: "Acme Ltd", currency: "JPY", timeZone: "Asia/Tokyo", returnWindowDays: 0,
      autoApproveLimit: 1, agentApprovalLimit: 2, fourEyes: true, emailNotifications: true,
      reopenWindowDays: 3)
    given().when(.registerTenant(command), by: "service/uid-1000").then([
      .tenantRegistered(
        TenantRegistered(
          name: "Acme Ltd",
          settings: TenantSettings(
            currency: "JPY", timeZone: "Asia/Tokyo", returnWindowDays: 0, autoApproveLimit: 1,
            agentApprovalLimit: 2, fourEyes: true, emailNotifications: true, reopenWindowDays: 3)))
    ])
  }

  @Test(.refuses("T1")) func `a tenant is registered once, with a currency that is one`() {
    given(acme()).when(Self.register).thenRejected(TenantRejection.alreadyRegistered("acme"))
    let gold = RegisterTenant(name: "Acme Ltd", currency: "XAU", timeZone: "Europe/London")
    given().when(.registerTenant(gold), by: "service/uid-1000")
      .thenRejected(TenantRejection.unknownCurrency("XAU"))
  }

  @Test(.accepts("T1"), .refuses("T1"))
  func `T1: a tenant's own agents act for it, and another tenant's agents do not`() {
    given(open).when(.requestRefund(requesting([("1", 2)])), by: agent).happens()
    given(open).when(.requestRefund(requesting([("1", 2)])), by: "agent/usr_99")
      .thenRejected(PermissionRejection.notOneOfTheTenantsPeople("agent/usr_99"))
  }

  @Test(.refuses("T1")) func `T1: a tenant that is not registered accepts no other command`() {
    given().when(.recordOrder(OrderTests.record), by: "service/uid-1000")
      .thenRejected(TenantRejection.notRegistered("acme"))
  }

  @Test(.accepts("T2"), .refuses("T2"))
  func `T2: a suspended tenant accepts no command but its reinstatement`() {
    let suspended: [Event] = [.tenantSuspended(TenantSuspended(reason: "Invoice unpaid"))]
    let story = given(pending, suspended)
    for command in everyCommand {
      if case .tenant(.reinstateTenant) = command { continue }
      if case .system = command { continue }
      story.when(command).thenRejected(TenantRejection.suspended("acme"))
    }
    let reinstated = story.when(.reinstateTenant(ReinstateTenant(reason: "Paid")))
      .then([.tenantReinstated(TenantReinstated(reason: "Paid"))])
    reinstated.when(RefundApprovalTests.approve).happens()
  }

  private static let redress: Actor = "system/records"

  private var service: Story {
    var story = given()
    story.tenantID = .system
    return story
  }

  @Test(.accepts("T3"), arguments: everyCommand.filter { $0.permission == .keepRecords })
  func `T3: Redress records what concerns the service itself`(command: Command) {
    service.when(command, by: Self.redress).happens()
  }

  @Test(.refuses("T3"), arguments: everyCommand.filter { $0.permission == .keepRecords })
  func `T3: it is recorded in no other tenant, and by nobody else`(command: Command) {
    given(acme()).when(command, by: Self.redress)
      .thenRejected(TenantRejection.ofTheService("acme"))
    service.when(command, by: "service/uid-1000")
      .thenRejected(PermissionRejection.notForServices("service/uid-1000", .keepRecords))
  }

  @Test(.refuses("T3"), arguments: everyCommand.filter { $0.permission != .keepRecords })
  func `T3: the service's own tenant takes nothing else`(command: Command) {
    service.when(command, by: Self.redress)
      .thenRejected(TenantRejection.notOfTheService(command.type))
  }

  @Test func `a tenant is suspended, and what is not suspended needs no reinstatement`() {
    given(acme()).when(.suspendTenant(SuspendTenant(reason: "Invoice unpaid")))
      .then([.tenantSuspended(TenantSuspended(reason: "Invoice unpaid"))])
    given(acme()).when(.reinstateTenant(ReinstateTenant())).thenUnchanged()
  }

  @Test func `settings that are named change, the others stay`() {
    var changed = settings
    changed.returnWindowDays = 30
    changed.fourEyes = true
    let command = Command.changeTenantSettings(
      ChangeTenantSettings(returnWindowDays: 30, fourEyes: true))
    given(acme()).when(command)
      .then([.tenantSettingsChanged(TenantSettingsChanged(settings: changed))])
      .when(command).thenUnchanged()
  }

  // People

  @Test func `an agent is added, gets another role, and is removed`() {
    let add = AddAgent(agentID: "usr_21", email: "kim@example.com", role: .agent)
    let promote = Command.changeAgentRole(ChangeAgentRole(agentID: "usr_21", role: .admin))
    let story = given(acme()).when(.addAgent(add))
      .then([
        .agentAdded(AgentAdded(agentID: "usr_21", email: "kim@example.com", role: .agent))
      ])
    story.when(.addAgent(add)).thenRejected(.people(.agentAlreadyAdded("usr_21", role: .agent)))
    let promoted = story.when(promote)
      .then([.agentRoleChanged(AgentRoleChanged(agentID: "usr_21", role: .admin))])
    promoted.when(promote).thenUnchanged()
    let removed = promoted.when(.removeAgent(RemoveAgent(agentID: "usr_21")))
      .then([.agentRemoved(AgentRemoved(agentID: "usr_21"))])
    removed.when(promote).thenRejected(.people(.unknownAgent("usr_21")))
    removed.when(.removeAgent(RemoveAgent(agentID: "usr_21"))).thenRejected(
      .people(.unknownAgent("usr_21")))
    removed.when(.addAgent(add)).happens()
  }

  // Customers

  static let robin = RegisterCustomer(
    customerID: "cus_5", email: "robin@example.com", firstName: "Robin", lastName: "Day")

  @Test func `a customer is registered once`() {
    let story = given(acme()).when(.registerCustomer(Self.robin)).then([
      .customerRegistered(
        CustomerRegistered(
          customerID: "cus_5", email: "robin@example.com", firstName: "Robin", lastName: "Day"))
    ])
    story.when(.registerCustomer(Self.robin)).thenUnchanged()
    story.when(.registerCustomer(RegisterCustomer(customerID: "cus_5", email: "day@example.com")))
      .thenRejected(CustomerRejection.alreadyRegistered("cus_5"))
  }

  @Test func `details that are named change, the others stay`() {
    let change = Command.changeCustomerDetails(
      ChangeCustomerDetails(customerID: "cus_5", email: "day@example.com"))
    given(acme()).when(change).thenRejected(CustomerRejection.notRegistered("cus_5"))
    let story = given(acme()).when(.registerCustomer(Self.robin)).happens().when(change).then([
      .customerDetailsChanged(
        CustomerDetailsChanged(customerID: "cus_5", email: "day@example.com"))
    ])
    #expect(story.customers["cus_5"]?.details.email?.text == "day@example.com")
    #expect(story.customers["cus_5"]?.details.lastName?.text == "Day")
    story.when(change).thenUnchanged()
    story.when(.changeCustomerDetails(ChangeCustomerDetails(customerID: "cus_5"))).thenUnchanged()
  }

  @Test func `a refusal says nothing personal`() {
    for rejection in [
      CustomerRejection.alreadyRegistered("cus_5"), .notRegistered("cus_5"),
    ] {
      #expect(!rejection.detail.contains("robin"))
      #expect(rejection.facts.map(\.name) == ["customer"])
    }
  }

  @Test func `a tenant that has an admin keeps one`() {
    let last = TenantRejection.people(.lastAdmin("usr_18"))
    let demote = Command.changeAgentRole(ChangeAgentRole(agentID: "usr_18", role: .auditor))
    let remove = Command.removeAgent(RemoveAgent(agentID: "usr_18"))
    given(acme()).when(demote).thenRejected(last)
    given(acme()).when(remove).thenRejected(last)
    let two = given(acme()).when(.addAgent(AddAgent(agentID: "usr_30", role: .admin))).happens()
    two.when(remove).happens().when(
      .removeAgent(RemoveAgent(agentID: "usr_30")), by: "agent/usr_30"
    ).thenRejected(TenantRejection.people(.lastAdmin("usr_30")))
  }

  @Test func `an import begins once and ends once`() {
    let begun = given(acme()).when(.beginImport(BeginImport(reason: "The old system"))).happens()
    #expect(begun.tenant.isImporting)
    begun.when(.beginImport(BeginImport())).thenUnchanged()
    let ended = begun.when(.endImport(EndImport())).happens()
    #expect(!ended.tenant.isImporting)
    ended.when(.endImport(EndImport())).thenUnchanged()
    for wrong in [Event.importEnded(ImportEnded()), .importBegun(ImportBegun())] {
      #expect(throws: InconsistentHistory.self) {
        var story = wrong.type == ImportEnded.typeName ? ended : begun
        try story.fold(wrong)
      }
    }
  }
}
