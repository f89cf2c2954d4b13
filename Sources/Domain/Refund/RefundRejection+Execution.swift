// Why a refund is not paid, or its outcome not recorded: R7 to R10.

public import Events

extension RefundRejection {
  /// R7 to R10: execution.
  public enum Execution: Equatable, Sendable {
    case notTheCurrentAttempt(given: Int, current: Int)
    case attemptNotImported(Int)
    case nothingPaidInImports
    case onlyReconciliation(attempt: Int)
    case anotherOutcomeKnown(Refund.Outcome, attempt: Int)
    case settlementReferenceMissing
    case failureReasonMissing
    case outcomeContradictsItself(ReconciledOutcome)
    case unknownLeg(PaymentID, known: [PaymentID])
    case paymentNotNamed(known: [PaymentID])
    case legEnded(PaymentID, Refund.Leg.State)
    case notSettled(PaymentID, Refund.Leg.State)

    var explanation: Explanation {
      switch self {
      case .notTheCurrentAttempt(let given, let current):
        Explanation(
          "R7", RefundRefusal.notTheCurrentAttempt,
          "This is about attempt \(given), and the current attempt is \(current).",
          ["given": given, "current": current])
      case .attemptNotImported(let attempt):
        Explanation(
          "R7", RefundRefusal.attemptNotTold,
          "Attempt \(attempt) is not of the history that is imported: Redress made it, and what "
            + "became of it its provider says.",
          ["attempt": attempt])
      case .nothingPaidInImports:
        Explanation(
          "R7", RefundRefusal.nothingPaidInImports,
          "While a history is imported, Redress pays nothing; it goes on after EndImport.")
      case .onlyReconciliation(let attempt):
        Explanation(
          "R9", RefundRefusal.onlyReconciliation,
          "The outcome of attempt \(attempt) is unknown; only ReconcileRefund settles it.",
          ["attempt": attempt])
      case .anotherOutcomeKnown(let outcome, let attempt):
        Explanation(
          "R7", RefundRefusal.anotherOutcomeKnown,
          "Attempt \(attempt) is known to have \(outcome.words), which this contradicts.",
          ["attempt": attempt, "known": outcome.name])
      case .settlementReferenceMissing:
        Explanation(
          "R8", RefundRefusal.settlementReferenceMissing,
          "An executed refund needs the provider's settlement reference.")
      case .failureReasonMissing:
        Explanation("R8", RefundRefusal.failureReasonMissing, "A failed refund needs a reason.")
      case .outcomeContradictsItself(let outcome):
        Explanation(
          "R8", RefundRefusal.outcomeContradictsItself,
          "The outcome is \(outcome.rawValue): an executed refund has a settlement reference and "
            + "no failure, a failed one a reason and no settlement reference.",
          ["outcome": outcome.rawValue])
      case .unknownLeg(let payment, let known):
        Explanation(
          "R7", RefundRefusal.unknownLeg,
          "The refund gives nothing back by the payment \(payment); it does by "
            + known.map(\.rawValue).joined(separator: ", ") + ".",
          ["payment": payment, "known": known.map(\.rawValue).joined(separator: " ")])
      case .paymentNotNamed(let known):
        Explanation(
          "R7", RefundRefusal.paymentNotNamed,
          "This can be about one payment only, and the refund gives back by "
            + known.map(\.rawValue).joined(separator: ", ") + ": name it as paymentId.",
          ["known": known.map(\.rawValue).joined(separator: " ")])
      case .legEnded(let payment, let state):
        Explanation(
          "R7", RefundRefusal.legEnded,
          "What the refund gives back by the payment \(payment) is \(state.rawValue), and this "
            + "does not follow that.",
          ["payment": payment, "state": state.rawValue])
      case .notSettled(let payment, let state):
        Explanation(
          "R10", RefundRefusal.legNotSettled,
          "What the refund gives back by the payment \(payment) is \(state.rawValue); only "
            + "money that was paid comes back.",
          ["payment": payment, "state": state.rawValue])
      }
    }
  }
}

extension Refund.Outcome {
  fileprivate var name: String {
    switch self {
    case .executed: "executed"
    case .failed: "failed"
    }
  }

  fileprivate var words: String {
    switch self {
    case .executed(let reference): "paid with the settlement reference \(reference)"
    case .failed(let code, let reason): "failed (\(code.rawValue): \(reason))"
    }
  }
}
