// O2, R2 and V1 over whole histories: money and units neither appear nor disappear, and successive
// partial refunds add up exactly to what was captured.

import Domain
import EventSourcing
import Events
import SeededRandom
import Testing

struct RandomHistoriesTests {
  static let count = 10_000
  static let stepCount = 200

  @Test(arguments: 0..<20)
  func `ten thousand random histories balance, and refund everything exactly`(part: Int) {
    let count = Self.count / 20
    let seed = 536_365 + UInt64(part * count)
    print("random histories: seeds \(seed) to \(seed + UInt64(count) - 1)")
    var accepted: [String: Int] = [:]
    var refundedWhole = 0
    for index in 0..<count {
      var history = RandomHistory(seed: seed + UInt64(index))
      for _ in 0..<Self.stepCount { history.step() }
      history.settleEverything()
      if !history.isDisputed, !history.isReturning, history.refundTheRest() {
        refundedWhole += 1
        history.checkSums()
      }
      accepted.merge(history.accepted, uniquingKeysWith: +)
    }
    // The histories reach what they are about.
    for name in RefundRejection.Command.allCases {
      #expect(accepted[name.rawValue, default: 0] > count / 4, "\(name.rawValue)")
    }
    for name in ["OpenChargeback", "RepresentChargeback", "RecordChargebackOutcome"] {
      #expect(accepted[name, default: 0] > count / 4, "\(name)")
    }
    for name in ReturnRejection.Command.allCases where name != .expire {
      #expect(accepted[name.rawValue, default: 0] > count / 20, "\(name.rawValue)")
    }
    #expect(refundedWhole > count / 3)
  }

  @Test func `the same seed tells the same history`() {
    func told(_ seed: UInt64) -> [RefundID: OrderBalanceReserved] {
      var history = RandomHistory(seed: seed)
      for _ in 0..<40 { history.step() }
      return history.ledger.held
    }
    for seed in 1...50 as ClosedRange<UInt64> { #expect(told(seed) == told(seed)) }
  }
}

extension RandomHistory {
  /// Submits a random command, possible or not.
  mutating func step() {
    if isDisputed, random.oneIn(6) { return dispute() }
    if isReturning, random.oneIn(2) { return handleReturn() }
    // Mostly a refund that can still become something.
    let holding = ledger.held
    let held = refunds.filter { holding[$0] != nil }
    guard
      let refundID = (random.oneIn(5) ? refunds : held).randomElement(using: &random),
      !random.oneIn(6)
    else { return request() }
    let refund = story.refunds[refundID] ?? Refund()
    let any = RefundRejection.Command.allCases
    let possible = any.filter { command in
      // Giving the rest up is no refund as requested.
      if isPlain, command == .cancel, refund.status == .partlyExecuted { return false }
      return refund.status.map { command.statuses.contains($0) } ?? false
    }
    guard let name = (random.oneIn(6) ? any : possible).randomElement(using: &random) else {
      return
    }
    submit(name, refundID, refund)
  }

  private mutating func submit(
    _ name: RefundRejection.Command, _ refundID: RefundID, _ refund: Refund
  ) {
    switch name {
    case .amend:
      let wish = wish()
      submit(
        .amendRefund(
          AmendRefund(
            refundID: refundID, items: wish.items, includeShipping: wish.includeShipping,
            restockingFeeBasisPoints: wish.restockingFeeBasisPoints,
            shippingFee: wish.shippingFee)))
    case .approve:
      let most = refund.requestedAmount
      let less = isPlain || random.oneIn(2) ? nil : Int.random(in: 1...most, using: &random)
      submit(.approveRefund(ApproveRefund(refundID: refundID, approvedAmount: less)))
    case .deny: submit(.denyRefund(DenyRefund(refundID: refundID, reason: "worn")))
    case .cancel where isPlain && refund.status == .partlyExecuted: return
    case .recordExecuted, .reconcile:
      succeed(refundID, refund.attempt, payment(of: refund))
    default:
      submit(
        RefundStatesTests.command(
          name, of: refundID, attempt: refund.attempt, payment(of: refund)))
    }
  }

  /// One of its legs, or all.
  private mutating func payment(of refund: Refund) -> PaymentID? {
    random.oneIn(2) ? nil : refund.legs.randomElement(using: &random)?.paymentID
  }

  /// The provider paid, as it says itself or as its books say.
  private mutating func succeed(
    _ refundID: RefundID, _ attempt: Int, _ paymentID: PaymentID? = nil
  ) {
    let isUnknown = story.refunds[refundID]?.status == .outcomeUnknown
    submit(
      isUnknown
        ? .reconcileRefund(
          ReconcileRefund(
            refundID: refundID, attempt: attempt, paymentID: paymentID, outcome: .executed,
            settlementReference: "sim"))
        : .recordRefundExecuted(
          RecordRefundExecuted(
            refundID: refundID, attempt: attempt, paymentID: paymentID,
            settlementReference: "sim")))
  }

  private mutating func request() {
    let refundID = RefundID(unchecked: "srf_\(refunds.count + 1)")
    var command = wish()
    command.refundID = refundID
    if submit(.requestRefund(command)) { refunds.append(refundID) }
  }

  /// Some units of some lines, sometimes more than there are.
  private mutating func wish() -> RequestRefund {
    var units: [(LineID, Int)] = []
    if random.oneIn(12) { return requesting([], shipping: true) }
    for line in order.lines.shuffled(using: &random) where units.isEmpty || random.oneIn(3) {
      let left = line.quantity - ledger.taken(line.lineID).quantity
      let most = random.oneIn(10) ? line.quantity + 1 : max(1, left)
      units.append((line.lineID, Int.random(in: 1...most, using: &random)))
    }
    return requesting(
      units, shipping: random.oneIn(4),
      restocking: isPlain || random.oneIn(2) ? nil : Int.random(in: 0...10_000, using: &random),
      shippingFee: isPlain || random.oneIn(2) ? nil : Int.random(in: 0...50, using: &random))
  }

  /// A bank wants some of a payment back, is answered, or decides.
  private mutating func dispute() {
    let known = story.cases["sca_9"]?.chargebacks ?? [:]
    let id = ChargebackID(
      unchecked: "chg_\(Int.random(in: 1...(known.count + 1), using: &random))")
    switch known[id]?.status {
    case nil:
      guard let payment = story.orders["536365"]?.payments.randomElement(using: &random) else {
        return
      }
      let amount = Int.random(in: 0...(payment.balance.captured + 1), using: &random)
      submit(ChargebackTests.opening(amount, as: id, payment: payment.paymentID))
    case .opened? where random.oneIn(2):
      submit(
        .representChargeback(
          RepresentChargeback(
            caseID: "sca_9", chargebackID: id, evidence: ChargebackTests.evidence)))
    case .some:
      guard let outcome = ChargebackOutcome.allCases.randomElement(using: &random) else { return }
      submit(
        .recordChargebackOutcome(
          RecordChargebackOutcome(caseID: "sca_9", chargebackID: id, outcome: outcome)))
    }
  }

  /// Leads every refund to its end.
  mutating func settleEverything() {
    for refundID in refunds {
      // What is unknown, then what was accepted only, then what had failed.
      for _ in 0..<4 { settle(refundID) }
    }
    #expect(ledger.held.isEmpty, "seed \(seed)")
  }

  private mutating func settle(_ refundID: RefundID) {
    guard let refund = story.refunds[refundID], let status = refund.status else { return }
    switch status {
    case .partlyExecuted where isPlain:
      submit(.executeRefund(ExecuteRefund(refundID: refundID)))
      succeed(refundID, refund.attempt + 1)
    case .pending, .approved, .partlyExecuted, .failed:
      submit(.cancelRefund(CancelRefund(refundID: refundID)))
    case .processing, .outcomeUnknown: succeed(refundID, refund.attempt)
    case .executed, .denied, .cancelled: break
    }
  }

  /// Refunds the units and the shipping that are left.
  ///
  /// - Returns: whether all units and the shipping are refunded now.
  mutating func refundTheRest() -> Bool {
    let units = order.lines.map { ($0.lineID, $0.quantity - ledger.taken($0.lineID).quantity) }
      .filter { $0.1 > 0 }
    if !units.isEmpty {
      let everything = requesting(units, as: "srf_rest", shipping: true)
      let isAccepted = submit(.requestRefund(everything))
      // Where everything paid for is captured, nothing but a rest worth nothing stops it.
      if isPlain, !isAccepted { #expect(isWorthNothing(units), "seed \(seed)") }
      guard isAccepted else { return false }
      #expect(submit(.approveRefund(ApproveRefund(refundID: "srf_rest"))), "seed \(seed)")
      #expect(submit(.executeRefund(ExecuteRefund(refundID: "srf_rest"))), "seed \(seed)")
      succeed("srf_rest", 1)
    }
    return ledger.paid.reduce(0) { $0 + $1.shipping } == order.shipping
  }

  private func isWorthNothing(_ units: [(LineID, Int)]) -> Bool {
    let paid = ledger.paid.reduce(0) { $0 + $1.basis }
    return paid == order.total
  }

  /// Everything is refunded: per line, discount, tax, shipping, fee and fee tax.
  func checkSums() {
    for line in order.lines {
      let taken = ledger.taken(line.lineID)
      #expect(taken.quantity == line.quantity, "seed \(seed)")
      #expect(taken.discount == line.discount, "seed \(seed)")
      #expect(taken.tax == line.tax, "seed \(seed)")
    }
    func sum(_ amount: KeyPath<OrderBalanceReserved, Int>) -> Int {
      ledger.paid.reduce(0) { $0 + $1[keyPath: amount] }
    }
    let (fee, feeTax) = (
      order.marketplace?.platformFee ?? 0, order.marketplace?.platformFeeTax ?? 0
    )
    if ledger.reductionCount == 0 {
      #expect(sum(\.basis) == order.total, "seed \(seed)")
      #expect(sum(\.platformFee) == fee, "seed \(seed)")
      #expect(sum(\.platformFeeTax) == feeTax, "seed \(seed)")
    } else {
      // In the proportion of what was paid, but for the rounding of each refund and each part.
      let roundings = ledger.paid.count + ledger.reductionCount
      for (given, all) in [(sum(\.platformFee), fee), (sum(\.platformFeeTax), feeTax)] {
        let difference = given * order.total - all * sum(\.basis)
        #expect(abs(difference) <= roundings * order.total, "seed \(seed)")
      }
    }
    if isPlain {
      #expect(story.orders["536365"]?.balance.executed == order.total, "seed \(seed)")
      #expect(story.orders["536365"]?.balance.refundable == 0, "seed \(seed)")
    }
  }
}
