// A refund over several payments has a leg for each, and its status follows from them (R7 to R10).

import Domain
import EventSourcing
import Events
import Testing

struct RefundLegsTests {
  static func executed(_ payment: PaymentID?, _ attempt: Int = 1) -> Command {
    .recordRefundExecuted(
      RecordRefundExecuted(
        refundID: "srf_1", attempt: attempt, paymentID: payment, settlementReference: "sim_3f2a"))
  }

  static func failed(_ payment: PaymentID?, _ attempt: Int = 1) -> Command {
    .recordRefundFailed(
      RecordRefundFailed(
        refundID: "srf_1", attempt: attempt, paymentID: payment, code: .declined,
        reason: "The card was closed"))
  }

  static func returning(_ payment: PaymentID, attempt: Int = 1) -> Command {
    .recordRefundReturned(
      RecordRefundReturned(
        refundID: "srf_1", paymentID: payment, attempt: attempt,
        reason: "The account was closed"))
  }

  static let cancel = Command.cancelRefund(CancelRefund(refundID: "srf_1"))

  static let partlyExecuted = refund(in: .partlyExecuted)

  @Test(.accepts("R7", "R8")) func `R7: an attempt has a leg and a key for each payment`() {
    let story = given(Array(processingTwo.dropLast())).when(RefundExecutionTests.execute)
      .then(started(1, [leg("pay_1", 400), leg("pay_2", 200)]))
    story.when(Self.executed("pay_1"), by: provider).then(settled("pay_1", 400, .processing))
      .when(Self.failed("pay_2"), by: provider).then(failure(of: "pay_2", .partlyExecuted))
  }

  @Test func `what is said without a payment is about each leg that it can be about`() {
    given(processingTwo).when(Self.executed(nil), by: provider)
      .then(settled("pay_1", 400, .processing) + settled("pay_2", 200, .executed))
    given(processingTwo + settled("pay_1", 400, .processing)).when(Self.failed(nil), by: provider)
      .then(failure(of: "pay_2", .partlyExecuted))
  }

  @Test(.accepts("R7")) func `R7: another attempt asks for what failed or came back only`() {
    let story = given(Self.partlyExecuted).when(RefundExecutionTests.execute)
      .then(started(2, [leg("pay_2", 200, attempt: 2)]))
    story.when(Self.executed("pay_2", 2), by: provider)
      .then(settled("pay_2", 200, attempt: 2, .executed))
    #expect(story.refunds["srf_1"]?.legs.map(\.attempt) == [1, 2])
    given(Self.partlyExecuted + returned("pay_1", 400)).when(RefundExecutionTests.execute)
      .then(started(2, [leg("pay_2", 200, attempt: 2), leg("pay_1", 400, attempt: 2)]))
  }

  @Test(.accepts("R10")) func `R10: money that comes back is reserved again, and asked for again`()
  {
    let story = given(refund(in: .executed)).when(Self.returning("pay_1"), by: provider)
      .then(returned())
    let balance = story.orders["536365"]?.balance
    #expect(balance?.executed == 0 && balance?.reserved == 600)
    #expect(story.refunds["srf_1"]?.legs.first?.reason == "The account was closed")
    story.when(Self.returning("pay_1"), by: provider).thenUnchanged()
    // Told by a person who saw it in the provider's own pages.
    given(refund(in: .executed)).when(Self.returning("pay_1"), by: admin).then(returned())
    given(refund(in: .executed)).when(Self.returning("pay_1", attempt: 2), by: provider)
      .thenRejected(.execution(.notTheCurrentAttempt(given: 2, current: 1)))
    let again = story.when(RefundExecutionTests.execute).then(started(2))
      .when(Self.executed(nil, 2), by: provider).then(settled(attempt: 2))
    #expect(again.orders["536365"]?.balance.executed == 600)
    // The first bounce told once more is no second one, and no payment after all.
    again.when(Self.returning("pay_1"), by: provider).thenUnchanged()
    story.when(RefundExecutionTests.execute).happens()
      .when(Self.failed(nil, 2), by: provider).happens()
      .when(RefundExecutionTests.reconcile(.executed, attempt: 1, reference: "sim_3f2a"))
      .thenRejected(.execution(.notTheCurrentAttempt(given: 1, current: 2)))
    // Or not: then all of it is refundable again.
    let cancelled = story.when(Self.cancel).happens()
    #expect(cancelled.orders["536365"]?.balance.refundable == 2_606)
    #expect(cancelled.refunds["srf_1"]?.status == .cancelled)
  }

  @Test(.refuses("R10")) func `R10: money that was not paid does not come back`() {
    given(Self.partlyExecuted).when(Self.returning("pay_2"), by: provider)
      .thenRejected(.execution(.notSettled("pay_2", .failed)))
    given(approved).when(Self.returning("pay_1"), by: provider)
      .thenRejected(.notPossible(.recordReturned, status: .approved))
    given(open).when(Self.returning("pay_1"), by: provider).thenRejected(.unknownRefund("srf_1"))
  }

  @Test(.accepts("R8")) func `R8: what failed of a refund that was partly paid is given up`() {
    let story = given(Self.partlyExecuted).when(Self.cancel).then([
      .refundRestGivenUp(RefundRestGivenUp(refundID: "srf_1", amount: 200, givenUpBy: admin)),
      .orderReservationReduced(
        OrderReservationReduced(
          orderID: "536365", refundID: "srf_1", amount: 200,
          payments: [PaymentPart(paymentID: "pay_2", amount: 200)])),
    ])
    let refund = story.refunds["srf_1"]
    #expect(refund?.status == .executed)
    #expect(refund?.legs.map(\.state) == [.settled, .givenUp])
    let balance = story.orders["536365"]?.balance
    #expect(balance?.executed == 400 && balance?.reserved == 0 && balance?.refundable == 2_206)
    // R10: also what was paid of it may come back.
    let back = story.when(Self.returning("pay_1"), by: provider).then(returned("pay_1", 400))
    #expect(back.orders["536365"]?.balance.reserved == 400)
    let none = back.when(Self.cancel).happens()
    #expect(none.orders["536365"]?.balance.refundable == 2_606)
  }

  @Test(.refuses("R7", "R9")) func `R7: an outcome is about a leg of the refund, and follows it`() {
    given(processingTwo).when(Self.executed("pay_3"), by: provider)
      .thenRejected(.execution(.unknownLeg("pay_3", known: ["pay_1", "pay_2"])))
    given(
      Self.partlyExecuted + returned("pay_1", 400)
        + started(
          2,
          [
            leg("pay_2", 200, attempt: 2), leg("pay_1", 400, attempt: 2),
          ])
    ).when(Self.failed("pay_1", 1), by: provider)
      .thenRejected(.execution(.notTheCurrentAttempt(given: 1, current: 2)))
    let unknown = given(processingTwo)
      .when(
        .recordRefundOutcomeUnknown(
          RecordRefundOutcomeUnknown(
            refundID: "srf_1", attempt: 1, paymentID: "pay_2", reason: "No answer")), by: provider
      ).happens()
    unknown.when(Self.failed("pay_2"), by: provider)
      .thenRejected(.execution(.onlyReconciliation(attempt: 1)))
    // The other leg is known meanwhile, and the refund waits for the books.
    let known = unknown.when(Self.executed("pay_1"), by: provider)
      .then(settled("pay_1", 400, .outcomeUnknown))
    known.when(RefundExecutionTests.execute)
      .thenRejected(.notPossible(.execute, status: .outcomeUnknown))
    let back = known.when(Self.returning("pay_1"), by: provider).happens()
    back.when(Self.failed("pay_1"), by: provider)
      .thenRejected(.execution(.legEnded("pay_1", .returned)))
  }

  @Test func `what was accepted is under way, whatever else is known`() {
    let accepted = given(processingTwo)
      .when(
        .recordRefundAccepted(
          RecordRefundAccepted(
            refundID: "srf_1", attempt: 1, paymentID: "pay_1", reason: "pending",
            providerReference: "re_1")), by: provider
      ).happens()
    let story = accepted.when(Self.failed("pay_2"), by: provider)
      .then(failure(of: "pay_2", .processing))
    story.when(Self.executed("pay_1"), by: provider)
      .then(settled("pay_1", 400, .partlyExecuted))
    story.when(Self.failed("pay_1"), by: provider).then(failure(of: "pay_1", .failed))
  }

  @Test(.refuses("R7")) func `R9: the books are about what is unknown before what failed`() {
    let unknown = given(processingTwo + failure(of: "pay_1", .processing))
      .when(RefundExecutionTests.unknown(), by: provider).happens()
    unknown.when(RefundExecutionTests.reconcile(.executed, reference: "sim_3f2a"))
      .then(settled("pay_2", 200, .partlyExecuted))
    // Of several legs that failed, the leg is named, unless all of them were paid.
    let two = given(processingTwo + failure(of: "pay_1", .processing) + failure(of: "pay_2"))
    two.when(RefundExecutionTests.reconcile(.executed, reference: "sim_3f2a"))
      .then(settled("pay_1", 400, .partlyExecuted) + settled("pay_2", 200, .executed))
    // What was settled in another currency is said of one leg.
    let abroad = Command.recordRefundExecuted(
      RecordRefundExecuted(
        refundID: "srf_1", attempt: 1, settlementReference: "sim_3f2a",
        settled: SettledAmount(amount: 700, currency: "EUR", rate: ExchangeRate(unchecked: "1.17")))
    )
    given(processingTwo).when(abroad, by: provider)
      .thenRejected(.execution(.paymentNotNamed(known: ["pay_1", "pay_2"])))
    given(processing).when(abroad, by: provider).happens()
  }

  @Test(.accepts("R9")) func `R9: the books also end what was accepted`() {
    given(processing)
      .when(
        .recordRefundAccepted(
          RecordRefundAccepted(refundID: "srf_1", attempt: 1, reason: "pending")), by: provider
      ).happens()
      .when(RefundExecutionTests.reconcile(.executed, reference: "sim_3f2a"), by: admin)
      .then(execution)
  }

  @Test func `no event makes a status that the legs do not make`() {
    for status in [RefundProgress.processing, .outcomeUnknown, .partlyExecuted, .failed] {
      HistoryTests.refused(settled("pay_1", 600, status)[0], after: processing)
    }
    // R7: the key is that of the refund, the payment and the attempt.
    for other in [leg(attempt: 2), leg("pay_2"), leg(of: "srf_2")] {
      var asked = leg()
      asked.idempotencyKey = other.idempotencyKey
      HistoryTests.refused(started(1, [asked])[0], after: approved)
    }
    HistoryTests.refused(started(2, [leg("pay_1", 400, attempt: 2)])[0], after: Self.partlyExecuted)
    HistoryTests.refused(
      started(2, [leg("pay_2", 199, attempt: 2)])[0], after: Self.partlyExecuted)
    HistoryTests.refused(
      .refundRestGivenUp(RefundRestGivenUp(refundID: "srf_1", amount: 199, givenUpBy: admin)),
      after: Self.partlyExecuted)
  }
}
