// The legs of one refund, reckoned from its events alone, and where the refund stands by them. The
// aggregate keeps the same legs by its own fold; the control does not depend on that one.
//
//     requested   accepted, settled, failed, unknown
//     accepted    settled, failed, unknown
//     unknown     accepted, settled, failed
//     settled     returned
//     failed      requested (another attempt), settled (by the provider's books), given_up
//     returned    requested (another attempt), given_up

import Events

struct ReckonedLegs: Codable {
  enum State: String, Codable {
    case requested, accepted, settled, failed, unknown, returned
    case givenUp = "given_up"

    /// The states that it follows.
    fileprivate var earlier: Set<State> {
      switch self {
      case .requested, .givenUp: [.failed, .returned]
      case .accepted: [.requested, .unknown]
      case .settled: [.requested, .accepted, .unknown, .failed]
      case .failed: [.requested, .accepted, .unknown]
      case .unknown: [.requested, .accepted]
      case .returned: [.settled]
      }
    }
  }

  private struct Leg: Codable {
    var state: State
    /// The attempt that asked for it last, or that was paid after all (R9).
    var attempt: Int
    var amount: Int
  }

  /// Before this version of the rules, all legs of an attempt had its one key.
  private static let rulesOfOwnKeys = 2

  /// By payment.
  private var legs: [PaymentID: Leg] = [:]

  /// Where the refund stands: by one leg of unknown outcome, else by one under way, else by what
  /// became of those that are not given up.
  var progress: RefundProgress {
    let states = Set(legs.values.map(\.state)).subtracting([.givenUp])
    if states.contains(.unknown) { return .outcomeUnknown }
    if !states.isDisjoint(with: [.requested, .accepted]) { return .processing }
    if !states.contains(.settled) { return .failed }
    return states == [.settled] ? .executed : .partlyExecuted
  }

  /// Takes the next event of the refund.
  ///
  /// - Parameter rules: the version of the rules that led to it.
  /// - Returns: what should not be, each as a part of a sentence about the refund; `nil` for an
  ///   event that is not about legs.
  mutating func take(_ event: RefundEvent, rules: Int) -> [String]? {
    switch event {
    case .refundExecutionStarted(let event): begin(event, rules)
    case .refundLegAccepted(let event):
      move(event.paymentID, to: .accepted, event.attempt, event.status)
    case .refundLegSettled(let event):
      move(event.paymentID, to: .settled, event.attempt, event.status)
    case .refundLegFailed(let event):
      move(event.paymentID, to: .failed, event.attempt, event.status)
    case .refundLegOutcomeUnknown(let event):
      move(event.paymentID, to: .unknown, event.attempt, event.status)
    case .refundLegReturned(let event):
      move(event.paymentID, to: .returned, event.attempt, event.status)
    case .refundRestGivenUp(let event): giveUpRest(event)
    case .refundCancelled: legs.isEmpty ? nil : progressFaults([.failed], "was cancelled")
    case .refundExecuted(let event): moveAll(to: .settled, event.attempt)
    case .refundFailed(let event): moveAll(to: .failed, event.attempt)
    case .refundOutcomeUnknown(let event): moveAll(to: .unknown, event.attempt)
    case .refundRequested, .refundAmended, .refundApproved, .refundApprovalReset, .refundDenied: nil
    }
  }

  private mutating func begin(_ event: RefundExecutionStarted, _ rules: Int) -> [String] {
    let isFirst = legs.isEmpty
    var faults =
      isFirst
      ? [] : progressFaults([.failed, .partlyExecuted], "began attempt \(event.attempt)")
    for leg in event.legs {
      let payment = leg.paymentID
      let state = legs[payment]?.state
      if state.map({ !State.requested.earlier.contains($0) }) ?? !isFirst {
        faults.append(
          """
          asks in attempt \(event.attempt) for payment \(payment), which is \
          \(state?.rawValue ?? "none of its legs")
          """)
      }
      let key = event.key(of: payment, isOwn: rules >= Self.rulesOfOwnKeys)
      if leg.idempotencyKey != key {
        faults.append(
          """
          asks in attempt \(event.attempt) for payment \(payment) under the idempotency key \
          \(leg.idempotencyKey), which should be \(key)
          """)
      }
      legs[payment] = Leg(state: .requested, attempt: event.attempt, amount: leg.amount)
    }
    return faults
  }

  private mutating func move(
    _ payment: PaymentID, to state: State, _ attempt: Int, _ status: RefundProgress
  ) -> [String] {
    var faults = move(payment, to: state, attempt)
    if status != progress {
      faults.append(
        """
        is said to be \(status.rawValue) when payment \(payment) is \(state.rawValue), and by its \
        legs it is \(progress.rawValue)
        """)
    }
    return faults
  }

  /// What became of every leg at once, before legs were told apart.
  private mutating func moveAll(to state: State, _ attempt: Int) -> [String] {
    legs.keys.sorted().flatMap { move($0, to: state, attempt) }
  }

  /// Moves a leg, also where it may not move so.
  private mutating func move(
    _ payment: PaymentID, to state: State, _ attempt: Int
  ) -> [String] {
    guard let leg = legs[payment] else {
      return ["has no leg of payment \(payment), which is said to be \(state.rawValue)"]
    }
    legs[payment] = Leg(state: state, attempt: attempt, amount: leg.amount)
    // Other controls look at what is paid twice, and at which attempt was paid.
    if state == .settled && leg.state == .settled { return [] }
    let (from, change) = (leg.state.rawValue, "becomes \(state.rawValue)")
    if !state.earlier.contains(leg.state) {
      return ["has a leg of payment \(payment) that is \(from) and \(change)"]
    }
    if state == .settled || attempt == leg.attempt { return [] }
    return [
      """
      has a leg of payment \(payment) that is of attempt \(leg.attempt) and \(change) in \
      attempt \(attempt)
      """
    ]
  }

  private mutating func giveUpRest(_ event: RefundRestGivenUp) -> [String] {
    var faults = progressFaults([.partlyExecuted], "gave up its rest")
    let rest = legs.filter { State.givenUp.earlier.contains($0.value.state) }
    let amount = rest.values.reduce(0) { $0 + $1.amount }
    if event.amount != amount {
      faults.append(
        "gave up \(event.amount) minor units, and \(amount) had failed or come back")
    }
    for payment in rest.keys { legs[payment]?.state = .givenUp }
    return faults
  }

  /// - Parameter what: what it may do only where it stands so.
  private func progressFaults(_ allowed: Set<RefundProgress>, _ what: String) -> [String] {
    allowed.contains(progress) ? [] : ["\(what), and by its legs it is \(progress.rawValue)"]
  }
}

extension RefundExecutionStarted {
  /// R7: what the key of a leg derives from: the refund, the payment and the attempt.
  fileprivate func key(of payment: PaymentID, isOwn: Bool) -> String {
    isOwn ? "\(refundID).\(payment).\(attempt)" : "\(refundID).\(attempt)"
  }
}
