// R7 to R9: the money is asked for once for each leg of an attempt.

import Domain
import EventSourcing
import Events
import Testing

struct RefundExecutionTests {
  static let execute = Command.executeRefund(ExecuteRefund(refundID: "srf_1"))

  static func executed(_ attempt: Int = 1, _ reference: String = "sim_3f2a") -> Command {
    .recordRefundExecuted(
      RecordRefundExecuted(refundID: "srf_1", attempt: attempt, settlementReference: reference))
  }

  static func failed(_ attempt: Int = 1, _ reason: String = "The card was closed") -> Command {
    .recordRefundFailed(
      RecordRefundFailed(refundID: "srf_1", attempt: attempt, code: .declined, reason: reason))
  }

  static func unknown(_ attempt: Int = 1) -> Command {
    .recordRefundOutcomeUnknown(
      RecordRefundOutcomeUnknown(
        refundID: "srf_1", attempt: attempt, reason: "No answer within 30 s"))
  }

  static func reconcile(
    _ outcome: ReconciledOutcome, attempt: Int = 1, reference: String? = nil,
    code: FailureCode? = nil, reason: String? = nil
  ) -> Command {
    .reconcileRefund(
      ReconcileRefund(
        refundID: "srf_1", attempt: attempt, outcome: outcome, settlementReference: reference,
        code: code, reason: reason))
  }

  @Test(.accepts("R7")) func `R7: the first attempt has the key of refund, payment and attempt`() {
    given(approved).when(Self.execute, by: provider).then(started(1))
  }

  @Test(.accepts("R7")) func `R7: a known failure starts a new attempt with a new key`() {
    let story = given(refund(in: .failed)).when(Self.execute).then(started(2))
    story.when(Self.executed(2), by: provider).happens()
  }

  @Test(.accepts("R7")) func `R7: the longest refund id has a key`() {
    let id = RefundID(unchecked: String(repeating: "r", count: 64))
    var command = requesting([("1", 2)])
    command.refundID = id
    let story = given(open).when(.requestRefund(command)).happens()
      .when(.approveRefund(ApproveRefund(refundID: id))).happens()
      .when(.executeRefund(ExecuteRefund(refundID: id))).happens()
    #expect(story.refunds[id]?.attempt == 1)
  }

  @Test(.accepts("R8")) func `R8: a payment settles the reservation`() {
    let story = given(processing).when(Self.executed(), by: provider).then(execution)
    let balance = story.orders["536365"]?.balance
    #expect(balance?.executed == 600)
    #expect(balance?.reserved == 0)
    #expect(balance?.refundable == 2006)
    #expect(story.orders["536365"]?.payments.first?.balance == balance)
  }

  @Test(.accepts("R8")) func `R8: a failure needs a reason and keeps the reservation`() {
    given(processing).when(Self.failed(), by: provider).then(failure())
  }

  @Test(.accepts("R9")) func `R9: a time-out is an unknown outcome`() {
    given(processing).when(Self.unknown(), by: provider).then(outcomeUnknown)
  }

  @Test(.accepts("R7"), .refuses("R9"))
  func `R7: an unknown outcome is never tried again, only reconciled`() {
    let story = given(refund(in: .outcomeUnknown))
    story.when(Self.execute).thenRejected(.notPossible(.execute, status: .outcomeUnknown))
    story.when(Self.executed(), by: provider).thenRejected(
      .execution(.onlyReconciliation(attempt: 1)))
    story.when(Self.failed(), by: provider).thenRejected(
      .execution(.onlyReconciliation(attempt: 1)))
    story.when(Self.reconcile(.executed, reference: "sim_3f2a")).then(execution)
    story.when(Self.reconcile(.failed, code: .declined, reason: "The card was closed"))
      .then(failure())
  }

  @Test(.accepts("R8"), .refuses("R8"))
  func `R8: reconciling as executed needs a reference, as failed a reason, and not both`() {
    let story = given(refund(in: .outcomeUnknown))
    story.when(Self.reconcile(.executed)).thenRejected(.execution(.settlementReferenceMissing))
    story.when(Self.reconcile(.failed)).thenRejected(.execution(.failureReasonMissing))
    story.when(Self.reconcile(.failed, code: .declined)).thenRejected(
      .execution(.failureReasonMissing))
    story.when(Self.reconcile(.executed, reference: "sim", reason: "closed"))
      .thenRejected(.execution(.outcomeContradictsItself(.executed)))
    story.when(Self.reconcile(.failed, reference: "sim", reason: "closed"))
      .thenRejected(.execution(.outcomeContradictsItself(.failed)))
    story.when(Self.reconcile(.failed, reason: "Nothing in the books")).then([
      .refundLegFailed(
        RefundLegFailed(
          refundID: "srf_1", paymentID: "pay_1", attempt: 1, code: .other,
          reason: "Nothing in the books", status: .failed))
    ])
  }

  @Test func `the same outcome told twice changes nothing`() {
    given(refund(in: .executed)).when(Self.executed(), by: provider).thenUnchanged()
    given(refund(in: .failed)).when(Self.failed(), by: provider).thenUnchanged()
    given(refund(in: .outcomeUnknown)).when(Self.unknown(), by: provider).thenUnchanged()
    given(refund(in: .executed)).when(Self.reconcile(.executed, reference: "sim_3f2a"))
      .thenUnchanged()
    given(refund(in: .failed))
      .when(Self.reconcile(.failed, code: .declined, reason: "The card was closed"))
      .thenUnchanged()
  }

  @Test(.refuses("R7")) func `another outcome of the same attempt is a contradiction`() {
    let paid = Refund.Outcome.executed(settlementReference: "sim_3f2a")
    let failed = Refund.Outcome.failed(.declined, reason: "The card was closed")
    given(refund(in: .executed)).when(Self.failed(), by: provider)
      .thenRejected(.execution(.anotherOutcomeKnown(paid, attempt: 1)))
    given(refund(in: .executed)).when(Self.executed(1, "sim_other"), by: provider)
      .thenRejected(.execution(.anotherOutcomeKnown(paid, attempt: 1)))
    given(refund(in: .failed)).when(Self.executed(), by: provider)
      .thenRejected(.execution(.anotherOutcomeKnown(failed, attempt: 1)))
    given(refund(in: .failed)).when(Self.reconcile(.failed, reason: "Nothing in the books"))
      .thenRejected(.execution(.anotherOutcomeKnown(failed, attempt: 1)))
  }

  @Test(.accepts("R9"), .refuses("R7"))
  func `R9: a failed attempt that the books call paid was paid, and is not tried again`() {
    let story = given(refund(in: .failed))
      .when(Self.reconcile(.executed, reference: "sim_3f2a")).then(execution)
    story.when(Self.execute).thenRejected(.notPossible(.execute, status: .executed))
    // Also of an attempt before the last.
    let second = given(refund(in: .failed) + started(2) + failure(2))
    second.when(Self.reconcile(.executed, attempt: 1, reference: "sim_3f2a")).then(execution)
    for attempt in [0, 3] {
      second.when(Self.reconcile(.executed, attempt: attempt, reference: "sim_3f2a"))
        .thenRejected(.execution(.notTheCurrentAttempt(given: attempt, current: 2)))
    }
    // While the second is under way, its outcome is unknown.
    given(refund(in: .failed) + started(2))
      .when(Self.reconcile(.executed, attempt: 1, reference: "sim_3f2a"))
      .thenRejected(.notPossible(.reconcile, status: .processing))
  }

  @Test func `only the provider says that a payment failed`() {
    let unknown = given(refund(in: .outcomeUnknown))
    let failure = Self.reconcile(.failed, code: .notReceived, reason: "Nothing in the books")
    unknown.when(failure, by: admin)
      .thenRejected(PermissionRejection.notInThisRole(admin, role: .admin, .answerForProvider))
    let service: Actor = "service/ops-script"
    for command in [failure, Self.failed(), Self.executed()] {
      unknown.when(command, by: service)
        .thenRejected(PermissionRejection.notForServices(service, .answerForProvider))
    }
    unknown.when(Self.reconcile(.executed, reference: "sim_3f2a"), by: admin).then(execution)
  }

  @Test(.refuses("R7")) func `R7: an outcome is about the current attempt`() {
    let second = refund(in: .failed) + started(2)
    given(second).when(Self.executed(1), by: provider)
      .thenRejected(.execution(.notTheCurrentAttempt(given: 1, current: 2)))
    given(second).when(Self.failed(3), by: provider)
      .thenRejected(.execution(.notTheCurrentAttempt(given: 3, current: 2)))
    given(second).when(Self.unknown(1), by: provider)
      .thenRejected(.execution(.notTheCurrentAttempt(given: 1, current: 2)))
    given(refund(in: .outcomeUnknown))
      .when(Self.reconcile(.executed, attempt: 2, reference: "sim_3f2a"))
      .thenRejected(.execution(.notTheCurrentAttempt(given: 2, current: 1)))
  }

  @Test(.refuses("R1")) func `the outcome of a refund that is not known is refused`() {
    let unknown = RefundRejection.unknownRefund("srf_1")
    for command in [
      Self.execute, Self.executed(), Self.failed(), Self.unknown(),
      Self.reconcile(.executed, reference: "sim_3f2a"),
    ] {
      given(open).when(command).thenRejected(unknown)
    }
  }

  // R7: an import tells of another system's payments, and of no others

  @Test(.accepts("R7"), .refuses("R7"))
  func `R7: a service tells what became of the attempts of another system only`() {
    let service: Actor = "service/importer"
    let begin = Command.beginImport(BeginImport(reason: "Old system"))
    let news: [Command] = [
      .recordRefundExecuted(
        RecordRefundExecuted(refundID: "srf_1", attempt: 1, settlementReference: "old-1")),
      .recordRefundFailed(
        RecordRefundFailed(refundID: "srf_1", attempt: 1, code: .declined, reason: "closed")),
      .recordRefundOutcomeUnknown(
        RecordRefundOutcomeUnknown(refundID: "srf_1", attempt: 1, reason: "time-out")),
    ]
    let execute = Command.executeRefund(ExecuteRefund(refundID: "srf_1"))
    given(approved).when(begin).happens().when(execute, by: provider)
      .thenRejected(.execution(.nothingPaidInImports))
    // Redress's own attempt, and then an import.
    let ours = given(approved).when(execute).happens().when(begin).happens()
    let told = given(approved).when(begin).happens().when(execute, by: service).happens()
    for command in news {
      ours.when(command, by: service).thenRejected(.execution(.attemptNotImported(1)))
      _ = told.when(command, by: service).happens()
    }
    let reconcile = Command.reconcileRefund(
      ReconcileRefund(
        refundID: "srf_1", attempt: 1, outcome: .failed, code: .declined, reason: "closed"))
    ours.when(news[2], by: provider).happens().when(reconcile, by: service)
      .thenRejected(.execution(.attemptNotImported(1)))
    let unknown = told.when(news[2], by: service).happens()
    _ = unknown.when(reconcile, by: service).happens()
    // R8, R9: also that the other system had paid.
    let paid = Self.reconcile(.executed, reference: "old-1")
    _ = unknown.when(paid, by: service).happens()
    ours.when(news[2], by: provider).happens().when(paid, by: service)
      .thenRejected(.execution(.attemptNotImported(1)))
  }
}
