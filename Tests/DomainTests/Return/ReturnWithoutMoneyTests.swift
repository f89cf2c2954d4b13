// R5 and V3: what a person closed without money or denied, no policy pays; what was found to be
// worth nothing pays nothing, also after an amendment of the order.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnWithoutMoneyTests {
  static let policies: [Actor] = ["system/refund-approval", "service/shop"]
  /// A policy may approve all of the fixture's refunds.
  static let limit: Command = .changeTenantSettings(ChangeTenantSettings(autoApproveLimit: 5_000))
  static let deny: Command = .denyRefund(DenyRefund(refundID: "srf_1", reason: "Worn"))

  static func approve(_ id: RefundID) -> Command { .approveRefund(ApproveRefund(refundID: id)) }

  // MARK: R5

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: a policy approves no refund of a return that was completed with nothing`(policy: Actor)
  {
    let closed = aReturn(in: .inspected).when(Self.limit).happens()
      .when(complete(.nothing)).happens().when(refunding([("1", 2)])).happens()
    closed.when(Self.approve("srf_1"), by: policy)
      .thenRejected("R5", "notByPolicyAfterNothing")
    closed.when(Self.approve("srf_1"), by: agent).happens()
    // What was completed with a refund, it approves.
    aReturn(in: .completed).when(Self.limit).happens().when(refunding([("1", 2)])).happens()
      .when(Self.approve("srf_1"), by: policy).happens()
  }

  @Test(.accepts("R5"), .refuses("R5"), arguments: policies)
  func `R5: a policy approves no refund of a return after a refund of it was denied`(
    policy: Actor
  ) {
    let denied = aReturn(in: .completed).when(Self.limit).happens()
      .when(refunding([("1", 2)])).happens().when(Self.deny).happens()
    let again = denied.when(refunding([("1", 2)], as: "srf_2"), by: customer).happens()
    again.when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
    again.when(Self.approve("srf_2"), by: agent).happens()
    // Nor a third one, after the second was cancelled.
    again.when(.cancelRefund(CancelRefund(refundID: "srf_2")), by: customer).happens()
      .when(refunding([("1", 2)], as: "srf_3")).happens()
      .when(Self.approve("srf_3"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
  }

  @Test(.refuses("R5"), arguments: policies)
  func `R5: what was denied in advance, a policy neither pays nor credits after the inspection`(
    policy: Actor
  ) {
    let denied = aReturn(in: .approved).when(Self.limit).happens()
      .when(refunding([("1", 2)])).happens().when(Self.deny).happens()
      .when(receiving(came("1"))).happens().when(inspecting(found("1"))).happens()
    denied.when(complete(.storeCredit), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
    denied.when(complete(.storeCredit), by: agent).happens()
    denied.when(complete(), by: policy).happens()
      .when(refunding([("1", 2)], as: "srf_2"), by: policy).happens()
      .when(Self.approve("srf_2"), by: policy).thenRejected("R5", "notByPolicyAfterDenial")
  }

  @Test(.accepts("R5"), arguments: policies)
  func `R5: a refund that was only cancelled denies nothing`(policy: Actor) {
    aReturn(in: .completed).when(Self.limit).happens().when(refunding([("1", 2)])).happens()
      .when(.cancelRefund(CancelRefund(refundID: "srf_1")), by: customer).happens()
      .when(refunding([("1", 2)], as: "srf_2")).happens()
      .when(Self.approve("srf_2"), by: policy).happens()
  }

  // MARK: V3

  /// A return under a policy that keeps 7.00 for shipping back what cost 6.00.
  private func worthless(method: ReturnMethod? = nil) -> Story {
    let dear = PolicyTests.define([
      PolicyTests.rule(
        "dear", [PolicyTests.number(.amount, .gte, 0)],
        PolicyAction(eligible: true, shippingFee: 700))
    ])
    return given(open).when(dear).happens().when(returning([("1", 2)], method: method)).happens()
      .when(approveReturn()).happens()
  }

  /// Two holders cost 22.00 from now on, so that 15.00 would be left of them.
  private static let dearer = OrderTests.amending([
    OrderTests.changed(holders) { $0.unitPrice = 1_055 }, lantern,
  ])

  private static let cheaper = OrderTests.amending(
    [OrderTests.changed(holders) { $0.unitPrice = 300 }, lantern], total: 2606,
    at: "2026-01-07T00:00:00Z")

  private static func inspect(_ story: Story) -> Story {
    story.when(receiving(came("1"))).happens().when(inspecting(found("1"))).happens()
  }

  @Test(.accepts("V3"), .refuses("V3"))
  func `V3: a return found to be worth nothing pays nothing, also after an amendment`() {
    let found = Self.inspect(worthless())
    let completed = found.when(complete()).happens()
    #expect(completed.completed["ret_1"]?.finalRefund.amount == 0)
    for story in [found, completed] {
      for later in [story, story.when(Self.dearer).happens()] {
        for actor in [agent, admin, customer] {
          later.when(refunding([("1", 2)]), by: actor).thenRejected("V3", "returnWorthNothing")
        }
      }
    }
    // Before it was looked at, nothing was found yet.
    worthless().when(Self.dearer).happens().when(refunding([("1", 2)])).happens()
  }

  @Test(.accepts("V3"), .refuses("V3"))
  func `V3: a return found to be worth nothing is completed with nothing, also after an amendment`()
  {
    let later = Self.inspect(worthless()).when(Self.dearer).happens()
    for resolution in [ReturnResolution.refund, .storeCredit] {
      later.when(complete(resolution)).thenRejected("V3", "nothingDue")
    }
    let completed = later.when(complete()).happens()
    #expect(completed.completed["ret_1"]?.resolution == .nothing)
    #expect(completed.completed["ret_1"]?.finalRefund.amount == 0)
    completed.when(refunding([("1", 2)])).thenRejected("V3", "returnWorthNothing")
  }

  @Test(.refuses("V3")) func `V3: nor does it pay where the customer keeps the items`() {
    let completed = worthless(method: .keepItem).when(complete()).happens()
    #expect(completed.completed["ret_1"]?.resolution == .nothing)
    completed.when(Self.dearer).happens().when(refunding([("1", 2)]))
      .thenRejected("V3", "returnWorthNothing")
  }

  @Test(.refuses("V3"))
  func `V3: a refund asked for in advance is not paid once the return is worth nothing`() {
    // It came to something while the order cost more.
    let dear = worthless().when(Self.dearer).happens()
    let advance = dear.when(refunding([("1", 2)])).happens()
    let approved = advance.when(Self.approve("srf_1")).happens()
    let pendingFound = Self.inspect(advance.when(Self.cheaper).happens())
    #expect(pendingFound.returns["ret_1"]?.finalRefund?.amount == 0)
    pendingFound.when(Self.approve("srf_1")).thenRejected("V3", "returnWorthNothing")
    Self.inspect(approved.when(Self.cheaper).happens())
      .when(.executeRefund(ExecuteRefund(refundID: "srf_1")))
      .thenRejected("V3", "returnWorthNothing")
  }

  @Test(.accepts("V3")) func `V3: items that are kept and were refunded in advance are paid once`()
  {
    // Refunded in advance, the refund holds the units, and the completion finds none.
    let kept = given(returning).when(returning([("1", 2)], method: .keepItem)).happens()
      .when(approveReturn()).happens().when(refunding([("1", 2)])).happens()
      .when(complete()).happens()
    kept.when(Self.approve("srf_1")).happens()
      .when(.executeRefund(ExecuteRefund(refundID: "srf_1"))).happens()
  }
}
