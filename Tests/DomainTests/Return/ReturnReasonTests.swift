// The reasons for returns in the tenant's settings, and the tags of customers that policies ask
// for.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnReasonTests {
  static let taxonomy = [
    ReturnReason(code: "quality", label: "Quality"),
    ReturnReason(code: "defective", label: "Does not work", parent: "quality"),
  ]

  static func changing(_ reasons: [ReturnReason]?, days: Int? = nil) -> Command {
    .changeReturnSettings(ChangeReturnSettings(reasons: reasons, expiryDays: days))
  }

  static func changed(_ reasons: [ReturnReason], days: Int = 30) -> Event {
    .returnSettingsChanged(
      ReturnSettingsChanged(settings: ReturnSettings(reasons: reasons, expiryDays: days)))
  }

  @Test func `a tenant begins with the reasons that the rule book names`() {
    #expect(
      given(acme()).tenant.returnSettings.reasons.map(\.code) == [
        "defective", "wrong_item", "not_as_described", "damaged_in_transit", "size",
        "changed_mind", "late", "missing_parts", "other",
      ])
  }

  @Test func `settings that are named change, the others stay`() {
    let story = given(acme()).when(Self.changing(Self.taxonomy))
      .then([Self.changed(Self.taxonomy)])
    story.when(Self.changing(nil, days: 14)).then([Self.changed(Self.taxonomy, days: 14)])
    story.when(Self.changing(Self.taxonomy, days: 30)).thenUnchanged()
    story.when(Self.changing(nil)).thenUnchanged()
    HistoryTests.refused(Self.changed(Self.taxonomy), after: acme() + [Self.changed(Self.taxonomy)])
  }

  @Test func `each reason has its own code and a parent that is one of them`() {
    func refused(_ reasons: [ReturnReason], _ rejection: TenantRejection.Reasons) {
      given(acme()).when(Self.changing(reasons)).thenRejected(TenantRejection.reasons(rejection))
    }
    refused(
      Self.taxonomy + [Self.taxonomy[0]], .reasonNamedTwice(2, "quality", first: 0))
    refused([Self.taxonomy[1]], .unknownParentReason(0, "defective", parent: "quality"))
    refused(
      [ReturnReason(code: "a", label: "A", parent: "a")], .reasonUnderItself(0, "a"))
    refused(
      [
        ReturnReason(code: "x", label: "X"), ReturnReason(code: "a", label: "A", parent: "b"),
        ReturnReason(code: "b", label: "B", parent: "a"),
      ], .reasonUnderItself(1, "a"))
    // The circle need not begin at the reason itself.
    refused(
      [
        ReturnReason(code: "c", label: "C", parent: "a"),
        ReturnReason(code: "a", label: "A", parent: "b"),
        ReturnReason(code: "b", label: "B", parent: "a"),
      ], .reasonUnderItself(0, "c"))
  }

  @Test func `a customer has the tags that were set last, in order and each once`() {
    func tag(_ tags: String...) -> Command {
      .setCustomerTags(SetCustomerTags(customerID: "cus_5", tags: tags))
    }
    func tagged(_ tags: String...) -> Event {
      .customerTagsChanged(CustomerTagsChanged(customerID: "cus_5", tags: tags))
    }
    let registered: [Event] = [.customerRegistered(CustomerRegistered(customerID: "cus_5"))]
    given(acme()).when(tag("vip")).thenRejected(CustomerRejection.notRegistered("cus_5"))
    let story = given(acme(), registered).when(tag("wholesale", "vip", "vip"))
      .then([tagged("vip", "wholesale")])
    story.when(tag("vip", "wholesale")).thenUnchanged()
    story.when(tag()).then([tagged()])
    HistoryTests.refused(tagged("vip"), after: acme())
    HistoryTests.refused(tagged("vip"), after: acme() + registered + [tagged("vip")])
  }

  @Test
  func `a reason stays while the active policy has a rule about it, and comes back before it`() {
    let rule = PolicyTests.rule("r", [PolicyTests.text(.reasonCode, .eq, "size")])
    let kept = [
      ReturnReason(code: "size", label: "Size"), ReturnReason(code: "other", label: "Other"),
    ]
    let fewer = Command.changeReturnSettings(
      ChangeReturnSettings(reasons: [ReturnReason(code: "other", label: "Other")]))
    let define = Command.definePolicy(
      DefinePolicy(
        policyID: "standard", name: "S", rules: [rule], defaultAction: PolicyAction(eligible: true),
        active: true))
    let active = given(acme()).when(define).happens()
    active.when(fewer).thenRejected(TenantRejection.reasons(.reasonOfPolicy("standard", rule: "r")))
    active.when(.changeReturnSettings(ChangeReturnSettings(reasons: kept))).happens()
    let idle = active.when(.deactivatePolicy(DeactivatePolicy(policyID: "standard"))).happens()
      .when(fewer).happens()
    idle.when(.activatePolicy(ActivatePolicy(policyID: "standard"))).thenRejected(
      PolicyRejection.badRule(
        0, "r", .unknownReason(condition: 0, "size", known: ["other"])))
  }
}
