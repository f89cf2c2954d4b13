// R3 and R5: who approves how much.

import Domain
import EventSourcing
import Events
import Testing

struct RefundApprovalTests {
  static let approve = Command.approveRefund(ApproveRefund(refundID: "srf_1"))

  static func approve(_ amount: Int) -> Command {
    .approveRefund(ApproveRefund(refundID: "srf_1", approvedAmount: amount))
  }

  @Test func `an approval carries the facts that allowed it`() {
    given(pending).when(Self.approve).then(approval)
  }

  @Test func `an agent's approval carries the agent's limit`() {
    var facts = approvalFacts
    facts.approverLimit = 1_000
    given(pending).when(Self.approve, by: agent).then([
      .refundApproved(
        RefundApproved(
          refundID: "srf_1", approvedAmount: 600, currency: "GBP", approvedBy: agent, facts: facts))
    ])
  }

  // R3

  @Test(.accepts("R3"))
  func `R3: less may be approved, and the rest is refundable again, last payment first`() {
    let first = PaymentCaptured(
      orderID: "536365", paymentID: "pay_1", amount: 400, capturedAt: placedAt)
    let second = PaymentCaptured(
      orderID: "536365", paymentID: "pay_2", amount: 2000, capturedAt: deliveredAt)
    let story = given(
      acme(), [.orderRecorded(orderRecorded), .paymentCaptured(first), .paymentCaptured(second)],
      delivered(), caseOpened
    ).when(.requestRefund(requesting([("1", 2)]))).happens()
    let reduced = story.when(Self.approve(350)).then([
      .refundApproved(
        RefundApproved(
          refundID: "srf_1", approvedAmount: 350, currency: "GBP", approvedBy: admin,
          facts: approvalFacts)),
      .orderReservationReduced(
        OrderReservationReduced(
          orderID: "536365", refundID: "srf_1", amount: 250,
          payments: [
            PaymentPart(paymentID: "pay_2", amount: 200),
            PaymentPart(paymentID: "pay_1", amount: 50),
          ])),
    ])
    #expect(reduced.orders["536365"]?.balance.reserved == 350)
    reduced.when(.executeRefund(ExecuteRefund(refundID: "srf_1"))).then([
      .refundExecutionStarted(
        RefundExecutionStarted(
          refundID: "srf_1", attempt: 1, amount: 350, currency: "GBP", orderID: "536365",
          legs: [leg("pay_1", 350)]))
    ])
  }

  @Test(
    .accepts("R3"), .refuses("R3"),
    arguments: [
      // What Stripe takes of three decimals ends in 0, for each payment by itself.
      ("KWD", 200, 555, 550), ("KWD", 200, 205, 200), ("KWD", 105, 600, 100),
      // Whole ariary, of which this has none.
      ("MGA", 50, 60, 0),
    ] as [(CurrencyCode, Int, Int, Int)])
  func `R3: no amount is approved that a provider cannot pay exactly`(
    currency: CurrencyCode, first: Int, asked: Int, nearest: Int
  ) {
    var recorded = orderRecorded
    recorded.currency = currency
    let payments = [("pay_1", first), ("pay_2", 2_606 - first)].map { id, amount in
      Event.paymentCaptured(
        PaymentCaptured(
          orderID: "536365", paymentID: PaymentID(unchecked: id), amount: amount,
          capturedAt: placedAt, provider: "stripe"))
    }
    let story = given(acme(), [.orderRecorded(recorded)], payments, delivered(), caseOpened)
      .when(.requestRefund(requesting([("1", 2)]))).happens()
    let payment: PaymentID = asked > first && nearest >= first ? "pay_2" : "pay_1"
    let part = payment == "pay_2" ? asked - first : min(asked, first)
    let step = Money(currency == "KWD" ? 10 : 100, currency)
    story.when(Self.approve(asked))
      .thenRejected(
        .amounts(
          .notPayableExactly(
            NotPayableExactly(money: Money(part, currency), provider: "Stripe", steps: step),
            payment, nearest: Money(nearest, currency))))
    if nearest > 0 { story.when(Self.approve(nearest)).happens() }
    // What an import tells was paid already.
    story.when(.beginImport(BeginImport(reason: "Old system"))).happens()
      .when(Self.approve(asked)).happens()
  }

  @Test(.accepts("R3"), .refuses("R3"))
  func `R3: approved is at most what was requested, and at least something`() {
    given(pending).when(Self.approve(600)).then(approval)
    given(pending).when(Self.approve(601))
      .thenRejected(
        .amounts(.aboveRequested(approved: Money(601, "GBP"), requested: Money(600, "GBP"))))
    given(pending).when(Self.approve(1)).happens()
    given(pending).when(Self.approve(0))
      .thenRejected(.amounts(.nothingApproved(requested: Money(600, "GBP"))))
  }

  // R5

  @Test(
    .accepts("R5"), .refuses("R5"),
    arguments: [
      (agent, 600), ("system/policy" as Actor, 600), ("service/uid-1000", 600),
    ])
  func `R5: an approver's limit, exactly and plus one`(actor: Actor, amount: Int) {
    for (limit, isAllowed) in [(amount, true), (amount - 1, false)] {
      let history =
        acme {
          $0.agentApprovalLimit = limit
          $0.autoApproveLimit = limit
        } + order + delivered() + caseOpened + request
      let answer = given(history).when(Self.approve, by: actor)
      if isAllowed {
        answer.happens()
      } else {
        answer.thenRejected(
          .approval(
            .aboveApprovalLimit(
              approved: Money(600, "GBP"), ofOrder: Money(600, "GBP"), limit: Money(599, "GBP"),
              approver: actor)))
        // The limit is on what is approved, not on what was requested.
        given(history).when(Self.approve(599), by: actor).happens()
      }
    }
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: agents have the agents' limit, and policy has its own`() {
    given(pending).when(Self.approve, by: agent).happens()
    given(pending).when(Self.approve, by: "system/policy")
      .thenRejected(
        .approval(
          .aboveApprovalLimit(
            approved: Money(600, "GBP"), ofOrder: Money(600, "GBP"), limit: Money(500, "GBP"),
            approver: "system/policy")))
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: a policy's limit is for all of an order, and not for each part of it`() {
    let policy: Actor = "system/policy"
    let story = given(
      acme { ($0.autoApproveLimit, $0.agentApprovalLimit) = (700, 300) } + order + delivered()
        + caseOpened
    ).when(.requestRefund(requesting([("1", 1)]))).happens()
      .when(Self.approve, by: policy).happens()
      .when(.requestRefund(requesting([("1", 1)], as: "srf_2"))).happens()
    let second = Command.approveRefund(ApproveRefund(refundID: "srf_2"))
    let both = story.when(second, by: policy).happens()
      .when(.requestRefund(requesting([("1", 1)], as: "srf_3"))).happens()
    let third = Command.approveRefund(ApproveRefund(refundID: "srf_3"))
    both.when(third, by: policy).thenRejected(
      .approval(
        .aboveApprovalLimit(
          approved: Money(300, "GBP"), ofOrder: Money(900, "GBP"), limit: Money(700, "GBP"),
          approver: policy)))
    // A person has looked.
    both.when(third, by: agent).happens()
    // What is only asked for is not given yet.
    let asked = given(
      acme { $0.autoApproveLimit = 300 } + order + delivered() + caseOpened
    ).when(.requestRefund(requesting([("1", 1)]))).happens()
      .when(.requestRefund(requesting([("1", 1)], as: "srf_2"))).happens()
    asked.when(second, by: policy).happens().when(Self.approve, by: policy).thenRejected(
      .approval(
        .aboveApprovalLimit(
          approved: Money(300, "GBP"), ofOrder: Money(600, "GBP"), limit: Money(300, "GBP"),
          approver: policy)))
  }

  @Test(.accepts("R5")) func `R5: an admin has no limit`() {
    let history = acme { $0.agentApprovalLimit = 0 } + order + delivered() + caseOpened + request
    given(history).when(Self.approve, by: admin).then(approval)
  }

  @Test(arguments: ["customer/cus_5", "agent/usr_19", "agent/usr_20", "agent/usr_99"] as [Actor])
  func `R5: no other actor approves, also past the pages`(actor: Actor) {
    let story = given(pending)
    let facts = story.facts(actor, noon)
    let role = story.tenant.agents[AgentID(unchecked: actor.name)]
    #expect(throws: RefundRejection.approval(.mayNotApprove(actor, role: role))) {
      try Self.approve.decide(in: story, facts: facts)
    }
  }

  @Test(.accepts("R5"), .refuses("R5")) func `R5: a limit does not compare with another currency`()
  {
    var yen = orderRecorded
    yen.currency = "JPY"
    let story = given(
      acme(), [.orderRecorded(yen), .paymentCaptured(paid)], delivered(), caseOpened
    )
    .when(.requestRefund(requesting([("1", 2)]))).happens()
    story.when(Self.approve, by: agent)
      .thenRejected(
        .approval(.limitInAnotherCurrency(limit: Money(1_000, "GBP"), approved: Money(600, "JPY"))))
    story.when(Self.approve, by: admin).happens()
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: with four eyes the approver is not the requester`() {
    let history = acme { $0.fourEyes = true } + order + delivered() + caseOpened
    let story = given(history).when(.requestRefund(requesting([("1", 2)])), by: agent).happens()
    story.when(Self.approve, by: agent).thenRejected(.approval(.approverIsRequester(agent)))
    story.when(Self.approve, by: admin).happens()
  }

  @Test(.accepts("R5"), .refuses("R5")) func `R5: the last to amend a refund is a requester of it`()
  {
    let history = acme { $0.fourEyes = true } + order + delivered() + caseOpened + request
    let amend = Command.amendRefund(RefundAmendmentTests.toOneHolder)
    let story = given(history).when(amend, by: admin).happens()
    story.when(Self.approve, by: admin).thenRejected(.approval(.approverIsRequester(admin)))
    story.when(Self.approve, by: agent).happens()
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: the first requester stays one after an amendment`() {
    let history = acme { $0.fourEyes = true } + order + delivered() + caseOpened
    let story = given(history).when(.requestRefund(requesting([("1", 2)])), by: agent).happens()
      .when(.amendRefund(RefundAmendmentTests.toOneHolder), by: admin).happens()
    for actor in [agent, admin] {
      story.when(Self.approve, by: actor).thenRejected(.approval(.approverIsRequester(actor)))
    }
  }

  @Test(.accepts("R5"), .refuses("R5"))
  func `R5: the requester of a return is a requester of its refund`() {
    let four = given(acme { $0.fourEyes = true } + order + delivered() + caseOpened)
      .when(PolicyTests.define(active: true)).happens()
    let story = four.when(returning([("1", 2)]), by: agent).happens()
      .when(approveReturn(), by: admin).happens().when(receiving(came("1"))).happens()
      .when(inspecting(found("1"))).happens()
    story.when(complete(.storeCredit), by: agent)
      .thenRejected(ReturnRejection.credit(.approverIsRequester(agent)))
    story.when(complete(.storeCredit), by: admin).happens()
    let refund = story.when(complete()).happens()
      .when(refunding([("1", 2)]), by: "system/return-refund").happens()
    refund.when(Self.approve, by: agent).thenRejected(.approval(.approverIsRequester(agent)))
    refund.when(Self.approve, by: admin).happens()
  }

  @Test(.accepts("R2")) func `R2: approving a part gives back a part of the marketplace's fee`() {
    let story = given(pending).when(Self.approve(300)).happens()
    // Half of 600, with half of the fee's 60 and of its tax's 12; so that what is left bears the
    // rest.
    let rest = story.when(.executeRefund(ExecuteRefund(refundID: "srf_1"))).happens()
      .when(RefundExecutionTests.executed()).happens()
      .when(.requestRefund(requesting([("1", 4), ("2", 1)], as: "srf_2", shipping: true)))
    guard case .success(.events(let events)) = rest.outcome,
      case .refund(.refundRequested(let requested))? = events.first
    else {
      Issue.record("\(rest.outcome)")
      return
    }
    #expect(requested.platformFee == Share(of: 230, part: 2006, whole: 2306, share: 200))
    #expect(requested.platformFeeTax == Share(of: 46, part: 2006, whole: 2306, share: 40))
  }

  @Test(.accepts("R5")) func `R5: with two eyes the requester may approve`() {
    let story = given(open).when(.requestRefund(requesting([("1", 2)])), by: agent).happens()
    story.when(Self.approve, by: agent).happens()
  }
}
