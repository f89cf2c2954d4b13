// The table of a refund's states (rule book), every transition of it, allowed and refused.

import Domain
import EventSourcing
import Events
import Testing

struct RefundStatesTests {
  typealias Name = RefundRejection.Command

  /// Where each state leads, by which command; everything else is refused. A command that is
  /// nowhere here leads to no other state.
  static let table: [Refund.Status: [Name: Refund.Status]] = [
    .pending: [.amend: .pending, .approve: .approved, .deny: .denied, .cancel: .cancelled],
    .approved: [.amend: .pending, .execute: .processing, .cancel: .cancelled],
    .processing: [
      .recordAccepted: .processing, .recordExecuted: .executed, .recordFailed: .failed,
      .recordOutcomeUnknown: .outcomeUnknown,
    ],
    .outcomeUnknown: [.recordAccepted: .processing, .reconcile: .executed],
    .executed: [.recordReturned: .failed],
    .partlyExecuted: [
      .execute: .processing, .cancel: .executed, .reconcile: .executed, .recordReturned: .failed,
    ],
    .failed: [.execute: .processing, .cancel: .cancelled, .reconcile: .executed],
    .denied: [:],
    .cancelled: [:],
  ]

  /// A command that is not here is the example of its schema.
  static func command(
    _ name: Name, of id: RefundID = "srf_1", attempt: Int = 1, _ paymentID: PaymentID? = nil
  ) -> Command {
    switch name {
    case .amend:
      .amendRefund(AmendRefund(refundID: id, items: RefundAmendmentTests.toOneHolder.items))
    case .approve: .approveRefund(ApproveRefund(refundID: id))
    case .cancel: .cancelRefund(CancelRefund(refundID: id))
    case .execute: .executeRefund(ExecuteRefund(refundID: id))
    case .recordAccepted:
      .recordRefundAccepted(
        RecordRefundAccepted(
          refundID: id, attempt: attempt, paymentID: paymentID, reason: "pending at the bank"))
    case .recordReturned:
      .recordRefundReturned(
        RecordRefundReturned(
          refundID: id, paymentID: paymentID ?? "pay_1", attempt: attempt,
          reason: "The account was closed"))
    case .recordExecuted:
      .recordRefundExecuted(
        RecordRefundExecuted(
          refundID: id, attempt: attempt, paymentID: paymentID, settlementReference: "sim_3f2a"))
    case .recordFailed:
      .recordRefundFailed(
        RecordRefundFailed(
          refundID: id, attempt: attempt, paymentID: paymentID, code: .declined,
          reason: "The card was closed"))
    case .recordOutcomeUnknown:
      .recordRefundOutcomeUnknown(
        RecordRefundOutcomeUnknown(
          refundID: id, attempt: attempt, paymentID: paymentID, reason: "No answer"))
    case .reconcile:
      .reconcileRefund(
        ReconcileRefund(
          refundID: id, attempt: attempt, paymentID: paymentID, outcome: .executed,
          settlementReference: "sim_3f2a"))
    default: ExampleCommands.command(name.rawValue, of: id)
    }
  }

  @Test(.refuses("R7", "R9"), arguments: Refund.Status.allCases, Name.allCases)
  func `each state leads where the table says and nowhere else`(
    status: Refund.Status, name: Name
  ) {
    let story = given(refund(in: status))
    #expect(story.refunds["srf_1"]?.status == status)
    let answer = story.when(Self.command(name))
    if let next = Self.table[status]?[name] {
      #expect(answer.happens().refunds["srf_1"]?.status == next)
      return
    }
    if !Self.table.values.contains(where: { $0[name] != nil }), name.statuses.contains(status) {
      #expect(answer.happens().refunds["srf_1"]?.status == status)
      return
    }
    let paid = Refund.Outcome.executed(settlementReference: "sim_3f2a")
    let failed = Refund.Outcome.failed(.declined, reason: "The card was closed")
    switch (status, name) {
    // Told twice.
    case (.executed, .recordExecuted), (.executed, .reconcile), (.failed, .recordFailed),
      (.outcomeUnknown, .recordOutcomeUnknown):
      answer.thenUnchanged()
    case (.executed, .recordFailed), (.partlyExecuted, .recordFailed):
      answer.thenRejected(.execution(.anotherOutcomeKnown(paid, attempt: 1)))
    case (.failed, .recordExecuted), (.partlyExecuted, .recordExecuted):
      answer.thenRejected(.execution(.anotherOutcomeKnown(failed, attempt: 1)))
    case (.outcomeUnknown, .recordExecuted), (.outcomeUnknown, .recordFailed):
      answer.thenRejected(.execution(.onlyReconciliation(attempt: 1)))
    case (.processing, .recordReturned):
      answer.thenRejected(.execution(.notSettled("pay_1", .requested)))
    case (.outcomeUnknown, .recordReturned):
      answer.thenRejected(.execution(.notSettled("pay_1", .unknown)))
    case (.failed, .recordReturned):
      answer.thenRejected(.execution(.notSettled("pay_1", .failed)))
    default: answer.thenRejected(.notPossible(name, status: status))
    }
  }

  @Test(arguments: [Refund.Status.executed, .denied, .cancelled])
  func `a refund that is over holds nothing of the order`(status: Refund.Status) {
    #expect(given(refund(in: status)).orders["536365"]?.balance.reserved == 0)
  }
}
