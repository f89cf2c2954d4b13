// The legs of a refund: what it gives back by each payment, and where the refund stands by them.
//
//     requested   accepted, settled, failed, unknown
//     accepted    settled, failed, unknown
//     unknown     accepted, settled, failed (only by the provider's books)
//     settled     returned (R10)
//     failed      requested (another attempt), given_up, settled (by the provider's books, R9)
//     returned    requested (another attempt), given_up
//     given_up    final

public import Events

extension Refund {
  /// What a refund gives back by one payment, as its last attempt left it.
  public struct Leg: Hashable, Sendable, Codable {
    /// The states of the rule book's table, by their names there.
    public enum State: String, CaseIterable, Hashable, Sendable, Codable {
      case requested, accepted, settled, failed, unknown, returned
      case givenUp = "given_up"

      /// Whether the provider was asked, and has not said how it ended.
      var isUnderWay: Bool { self == .requested || self == .accepted }

      /// Whether the money is with the tenant, and may be asked for again (R7).
      var isUnpaid: Bool { self == .failed || self == .returned }
    }

    public internal(set) var paymentID: PaymentID
    public internal(set) var provider: String?
    /// In minor units of the refund's currency.
    public internal(set) var amount: Int
    /// The attempt that asked for it last, or that was paid after all (R9).
    public internal(set) var attempt: Int
    /// The attempts that asked for it and whose money has not come back, in order.
    var attempts: [Int]
    /// Whether the last request is another system's, and was imported.
    var isImported: Bool
    /// What the provider tells a repetition of the last request by (R7).
    public internal(set) var idempotencyKey: String
    public internal(set) var state = State.requested
    /// The provider's own, once it was settled (R8).
    public internal(set) var settlementReference: String?
    /// Why it failed.
    public internal(set) var code: FailureCode?
    /// Why it is accepted only, failed, unknown or returned.
    public internal(set) var reason: String?

    init(_ leg: RefundLeg, attempt: Int, isImported: Bool) {
      paymentID = leg.paymentID
      provider = leg.provider
      amount = leg.amount
      self.attempt = attempt
      attempts = [attempt]
      self.isImported = isImported
      idempotencyKey = leg.idempotencyKey
    }

    /// Whether what is said of an attempt is about this leg. R9: of a failed leg, the books may say
    /// that any attempt was paid.
    func isOf(_ attempt: Int) -> Bool {
      state == .failed ? attempts.contains(attempt) : attempt == self.attempt
    }

    /// How it ended; `nil` where that is not known, or it is no more so.
    var outcome: Outcome? {
      switch state {
      case .settled: settlementReference.map { .executed(settlementReference: $0) }
      case .failed: code.map { .failed($0, reason: reason ?? "") }
      case .requested, .accepted, .unknown, .returned, .givenUp: nil
      }
    }
  }

  /// How a leg ended.
  public enum Outcome: Hashable, Sendable {
    case executed(settlementReference: String)
    case failed(FailureCode, reason: String)

    var isExecuted: Bool {
      if case .executed = self { true } else { false }
    }
  }
}

extension [Refund.Leg] {
  /// Where a refund stands by its legs (rule book, Refund).
  ///
  /// - Precondition: there is one, and not all are given up.
  public var progress: RefundProgress {
    if contains(where: { $0.state == .unknown }) { return .outcomeUnknown }
    if contains(where: \.state.isUnderWay) { return .processing }
    if !contains(where: { $0.state == .settled }) { return .failed }
    return contains(where: \.state.isUnpaid) ? .partlyExecuted : .executed
  }

  /// More than any amount where it is too large.
  var total: Int { reduce(0) { CheckedAmount.sum($0, $1.amount) ?? .max } }

  func index(of paymentID: PaymentID) -> Index? { firstIndex { $0.paymentID == paymentID } }
}

extension Refund.Status {
  init(_ progress: RefundProgress) {
    self =
      switch progress {
      case .processing: .processing
      case .outcomeUnknown: .outcomeUnknown
      case .executed: .executed
      case .partlyExecuted: .partlyExecuted
      case .failed: .failed
      }
  }
}
