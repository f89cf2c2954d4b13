// The states of a tenant, of its people, of its policies and of its shop: every transition of each,
// allowed and refused.

import Domain
import EventSourcing
import Events
import Testing

struct TenantStatesTests {
  /// What a command leads to: another state, the same one, or a refusal.
  enum Step {
    case to(String)
    case unchanged
    case refused(any Rejection)
  }

  private func check(
    _ story: Story, _ command: Command, _ step: Step, state: (Story) -> String,
    at location: SourceLocation = #_sourceLocation
  ) {
    let answer = story.when(command, by: story.tenant.isRegistered ? admin : "service/uid-1000")
    switch step {
    case .to(let next):
      #expect(state(answer.happens(at: location)) == next, sourceLocation: location)
    case .unchanged: answer.thenUnchanged(at: location)
    case .refused(let rejection): answer.thenRejected(any: rejection, at: location)
    }
  }

  // MARK: Tenants

  private static let tenants: [String: [Event]] = [
    "absent": [], "active": acme(),
    "suspended": acme() + [.tenantSuspended(TenantSuspended(reason: "Invoice unpaid"))],
  ]

  private static let ofTenants: [String: [(Command, Step)]] = {
    let suspend = Command.suspendTenant(SuspendTenant(reason: "Invoice unpaid"))
    let reinstate = Command.reinstateTenant(ReinstateTenant(reason: "Paid"))
    let change = Command.changeTenantSettings(ChangeTenantSettings(fourEyes: true))
    let absent = Step.refused(TenantRejection.notRegistered("acme"))
    let suspended = Step.refused(TenantRejection.suspended("acme"))
    return [
      "absent": [
        (TenantTests.register, .to("active")), (suspend, absent), (reinstate, absent),
        (change, absent),
      ],
      "active": [
        (TenantTests.register, .refused(TenantRejection.alreadyRegistered("acme"))),
        (suspend, .to("suspended")), (reinstate, .unchanged), (change, .to("active")),
      ],
      "suspended": [
        (TenantTests.register, suspended), (suspend, suspended), (reinstate, .to("active")),
        (change, suspended),
      ],
    ]
  }()

  @Test(arguments: tenants.keys.sorted())
  func `a tenant is registered, suspended and reinstated, and nothing else`(name: String) throws {
    for (command, step) in try #require(Self.ofTenants[name]) {
      check(given(try #require(Self.tenants[name])), command, step) { story in
        story.tenant.isSuspended ? "suspended" : story.tenant.isRegistered ? "active" : "absent"
      }
    }
  }

  // MARK: People

  @Test(arguments: AgentRole.allCases.map { $0 as AgentRole? } + [nil])
  func `an agent has one role at a time, from being added until being removed`(role: AgentRole?) {
    let added = role.map { [Event.agentAdded(AgentAdded(agentID: "usr_21", role: $0))] } ?? []
    let story = given(acme(), added)
    let unknown = Step.refused(TenantRejection.people(.unknownAgent("usr_21")))
    func state(_ story: Story) -> String { story.tenant.agents["usr_21"]?.rawValue ?? "absent" }
    for other in AgentRole.allCases {
      check(
        story, .addAgent(AddAgent(agentID: "usr_21", role: other)),
        role.map { .refused(TenantRejection.people(.agentAlreadyAdded("usr_21", role: $0))) }
          ?? .to(other.rawValue), state: state)
      check(
        story, .changeAgentRole(ChangeAgentRole(agentID: "usr_21", role: other)),
        role == nil ? unknown : role == other ? .unchanged : .to(other.rawValue), state: state)
    }
    check(
      story, .removeAgent(RemoveAgent(agentID: "usr_21")), role == nil ? unknown : .to("absent"),
      state: state)
  }

  // MARK: Policies

  @Test(arguments: ["absent", "inactive", "active"])
  func `a policy is defined, activated and deactivated, and nothing else`(name: String) {
    let known: [String: [Event]] = [
      "absent": [], "inactive": [PolicyTests.defined(active: false)],
      "active": [PolicyTests.defined()],
    ]
    let story = given(acme(), known[name] ?? [])
    func state(_ story: Story) -> String {
      story.tenant.policy?.policyID == "standard" ? "active" : "inactive"
    }
    let unknown = Step.refused(PolicyRejection.unknownPolicy("standard"))
    let (isKnown, isActive) = (name != "absent", name == "active")
    for active in [nil, true, false] {
      let next = active ?? isActive
      check(
        story, PolicyTests.define(active: active),
        isKnown && next == isActive ? .unchanged : .to(next ? "active" : "inactive"), state: state)
      // Other rules are a new version, which is news in any case.
      check(
        story, PolicyTests.define([PolicyTests.late], active: active),
        .to(next ? "active" : "inactive"), state: state)
    }
    check(
      story, .activatePolicy(ActivatePolicy(policyID: "standard")),
      !isKnown ? unknown : isActive ? .unchanged : .to("active"), state: state)
    check(
      story, .deactivatePolicy(DeactivatePolicy(policyID: "standard")),
      !isKnown ? unknown : isActive ? .to("inactive") : .unchanged, state: state)
  }

  // MARK: Shops

  @Test(arguments: [false, true])
  func `a shop is connected, synced and disconnected, and nothing else`(isConnected: Bool) {
    var story = given(acme())
    if isConnected { story = story.when(ShopTests.connecting()).happens() }
    func state(_ story: Story) -> String {
      (try? ShopTests.syncing("probe").decide(in: story, facts: story.facts(admin, noon))) == nil
        ? "absent" : "connected"
    }
    let (shop, other): (ShopDomain, ShopDomain) = ("acme.myshopify.com", "other.myshopify.com")
    func absent(_ given: ShopDomain) -> Step {
      .refused(IntegrationRejection.notConnected(given, connected: isConnected ? shop : nil))
    }
    check(
      story, ShopTests.connecting(), isConnected ? .unchanged : .to("connected"), state: state)
    check(story, ShopTests.connecting(scopes: []), .to("connected"), state: state)
    check(
      story, ShopTests.connecting(other),
      isConnected
        ? .refused(IntegrationRejection.otherShopConnected(other, connected: shop))
        : .to("absent"), state: state)
    check(
      story, ShopTests.syncing(), isConnected ? .to("connected") : absent(shop), state: state)
    check(
      story, ShopTests.disconnecting(), isConnected ? .to("absent") : absent(shop), state: state)
    for command in [ShopTests.syncing(shop: other), ShopTests.disconnecting(other)] {
      check(story, command, absent(other), state: state)
    }
  }
}

extension Answer {
  fileprivate func thenRejected(any rejection: any Rejection, at location: SourceLocation) {
    func expect(_ rejection: some Rejection) { thenRejected(rejection, at: location) }
    expect(rejection)
  }
}
