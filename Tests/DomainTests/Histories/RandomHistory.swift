// A random history of one order: awkward lines, discounts, taxes and fees, several payments, and
// many refunds requested, amended, approved, denied, cancelled, paid and failed in any order, with
// chargebacks and returns between. Beside it stands a ledger that is kept from the events alone.

import Domain
import EventSourcing
import Events
import SeededRandom
import Testing

struct RandomHistory {
  static let currencies: [CurrencyCode] = ["JPY", "GBP", "KWD", "CLF"]

  let seed: UInt64
  var random: SplitMix64
  var story: Story
  var ledger = Ledger()
  let order: OrderRecorded
  let captured: Int
  /// Whether every refund is paid as requested, and everything that was paid for is captured.
  let isPlain: Bool
  /// Whether banks want payments back, too.
  let isDisputed: Bool
  /// Whether customers send items back, too.
  let isReturning: Bool
  var refunds: [RefundID] = []
  var returns: [ReturnID] = []
  /// All events in their order, each with the command that led to it alone, where a test asks for
  /// them.
  var told: [(event: Event, command: Command?)]?
  /// How often each command was accepted.
  var accepted: [String: Int] = [:]

  init(seed: UInt64) {
    self.seed = seed
    var random = SplitMix64(seed: seed)
    let lines = (1...Int.random(in: 1...6, using: &random)).map { Self.line($0, &random) }
    let shipping = random.oneIn(3) ? 0 : Int.random(in: 1...1999, using: &random)
    let total = lines.reduce(shipping) {
      $0 + $1.unitPrice * $1.quantity - $1.discount + $1.tax
    }
    let marketplace = Marketplace(
      platformFee: Int.random(in: 0...500, using: &random),
      platformFeeTax: Int.random(in: 0...100, using: &random))
    order = OrderRecorded(
      orderID: "536365", customerID: "cus_5", source: .api,
      currency: Self.currencies[Int(seed / 8 % 4)], placedAt: placedAt, updatedAt: placedAt,
      total: total, shipping: shipping, lines: lines,
      marketplace: random.oneIn(4) ? nil : marketplace)
    isPlain = seed.isMultiple(of: 2)
    isDisputed = seed % 4 == 3
    // With chargebacks and without.
    isReturning = [1, 3].contains(seed % 8)
    captured = isPlain || random.oneIn(2) ? total : Int.random(in: 0...total, using: &random)
    story = given(
      acme(), [.orderRecorded(order)], delivered(), caseOpened, EvidenceTests.attached,
      [PolicyTests.defined()])
    self.random = random
    capture()
  }

  static func line(_ number: Int, _ random: inout SplitMix64) -> OrderLine {
    let quantity = Int.random(in: 1...9, using: &random)
    let unitPrice = random.oneIn(8) ? 0 : Int.random(in: 1...999, using: &random)
    let price = unitPrice * quantity
    return OrderLine(
      lineID: LineID(unchecked: String(number)), title: "Line \(number)", quantity: quantity,
      unitPrice: unitPrice,
      discount: random.oneIn(2) ? 0 : Int.random(in: 0...price, using: &random),
      tax: random.oneIn(4) ? 0 : Int.random(in: 0...300, using: &random))
  }

  /// Splits what is captured over up to three payments, told in any order.
  private mutating func capture() {
    var rest = captured
    for number in (1...3).shuffled(using: &random) {
      let amount = number == 3 ? 0 : Int.random(in: 0...rest, using: &random)
      rest -= amount
      let day = Int64(number) * 86_400_000_000
      submit(
        .capturePayment(
          CapturePayment(
            orderID: "536365", paymentID: PaymentID(unchecked: "pay_\(number)"), amount: amount,
            capturedAt: Timestamp(microseconds: placedAt.microseconds + day))))
    }
    submit(
      .capturePayment(
        CapturePayment(
          orderID: "536365", paymentID: "pay_4", amount: rest, capturedAt: placedAt)))
  }

  /// Decides and folds, and checks everything that must always hold.
  ///
  /// - Returns: whether it was accepted.
  @discardableResult
  mutating func submit(_ command: Command) -> Bool {
    let decision: Decision
    do {
      decision = try command.decide(in: story, facts: story.facts(admin, noon))
    } catch {
      #expect(error is any Rejection, "seed \(seed): \(error)")
      return false
    }
    guard case .events(let events) = decision else { return false }
    accepted[command.type, default: 0] += 1
    told?.append(contentsOf: events.map { ($0, events.count == 1 ? command : nil) })
    for event in events {
      do {
        try story.fold(event)
      } catch {
        Issue.record("seed \(seed): decided, but not accepted: \(error)")
      }
      ledger.record(event, seed: seed)
    }
    checkBalance()
    if isReturning, events.contains(where: \.movesUnits) { checkUnits() }
    return true
  }

  private func checkBalance() {
    guard let order = story.orders["536365"] else { return }
    func holds(_ balance: RefundableBalance) -> Bool {
      balance.captured
        == balance.executed + balance.reserved + balance.disputed + balance.refundable
        && min(balance.executed, balance.reserved, balance.disputed, balance.refundable) >= 0
    }
    let payments = order.payments.map(\.balance)
    #expect(
      holds(order.balance) && payments.allSatisfy(holds)
        && order.balance.captured <= order.total
        && order.balance.captured == payments.reduce(0) { $0 + $1.captured }
        && order.balance.reserved == payments.reduce(0) { $0 + $1.reserved }
        && order.balance.executed == payments.reduce(0) { $0 + $1.executed }
        && order.balance.disputed == payments.reduce(0) { $0 + $1.disputed }
        && order.balance.disputed == ledger.disputed
        && order.balance.reserved == ledger.reserved
        && order.balance.executed == ledger.executed + ledger.chargedBack
        && order.balance.executed <= order.balance.captured,
      "seed \(seed): \(order.balance)")
  }
}

extension Event {
  /// Whether another return or refund may hold units of an order after it.
  fileprivate var movesUnits: Bool {
    switch self {
    case .order(.orderUnitsHeld), .order(.orderUnitsFreed), .order(.orderBalanceReserved),
      .order(.storeCreditGranted):
      true
    default: false
    }
  }
}

/// What the events say that refunds hold and were paid.
struct Ledger {
  private var reservations: [RefundID: OrderBalanceReserved] = [:]
  private var settled: [RefundID: Int] = [:]
  /// How often a part of what each refund held was given back.
  private var reductions: [RefundID: Int] = [:]
  /// What was captured, what banks want or took, and what the provider was asked for, or paid.
  private var captured = 0
  private var claimed: [ChargebackID: Int] = [:]
  private var asked: [RefundID: [PaymentID: Int]] = [:]
  /// What was given as credit instead of money.
  private var instead = 0
  /// What chargebacks hold, and what they took.
  var disputed = 0
  var chargedBack = 0
  /// The units that returns hold, the refunds that pay for each of them, and store credit.
  var returned: [ReturnID: [LineID: Int]] = [:]
  var refundsOfReturns: [ReturnID: Set<RefundID>] = [:]
  var credited: Set<ReturnID> = []
  var storeCredit = 0

  /// What refunds hold that are not paid, or in part only.
  var held: [RefundID: OrderBalanceReserved] {
    reservations.filter { settled[$0.key, default: 0] < $0.value.amount }
  }
  /// What refunds took that are paid.
  var paid: [OrderBalanceReserved] {
    reservations.filter { settled[$0.key, default: 0] == $0.value.amount }
      .sorted { $0.key < $1.key }.map(\.value)
  }
  var reserved: Int { reservations.reduce(0) { $0 + $1.value.amount } - executed }
  var executed: Int { settled.values.reduce(0, +) }
  /// How often a part of what a refund took that is paid was given back before.
  var reductionCount: Int { paid.reduce(0) { $0 + reductions[$1.refundID, default: 0] } }

  mutating func record(_ event: Event, seed: UInt64) {
    recordMoney(event, seed: seed)
    switch event {
    case .order(.orderBalanceReserved(let event)):
      reservations[event.refundID] = event
      reductions[event.refundID] = nil
    case .order(.orderReservationReduced(let event)):
      reservations[event.refundID]?.give(back: event.amount)
      reductions[event.refundID, default: 0] += 1
    case .order(.orderReservationReleased(let event)): reservations[event.refundID] = nil
    case .order(.orderReservationSettled(let event)):
      settled[event.refundID, default: 0] += event.amount
    case .order(.orderReservationRestored(let event)):
      settled[event.refundID, default: 0] -= event.amount
    case .order(.orderBalanceDisputed(let event)): disputed += event.covered
    case .order(.orderDisputeCovered(let event)):
      if event.isLost { chargedBack += event.amount } else { disputed += event.amount }
    case .order(.orderDisputeReleased(let event)): disputed -= event.amount
    case .order(.orderDisputeSettled(let event)):
      disputed -= event.amount
      chargedBack += event.amount
    case .order(.orderUnitsHeld(let event)):
      for line in event.lines {
        returned[event.returnID, default: [:]][line.lineID, default: 0] += line.quantity
      }
    case .order(.orderUnitsFreed(let event)):
      for line in event.lines {
        returned[event.returnID, default: [:]][line.lineID, default: 0] -= line.quantity
      }
    case .return(.returnRefundRequested(let event)):
      refundsOfReturns[event.returnID, default: []].insert(event.refundID)
    case .return(.returnRefundWithdrawn(let event)):
      refundsOfReturns[event.returnID, default: []].remove(event.refundID)
    case .order(.storeCreditGranted(let event)):
      storeCredit += event.amount
      if let returnID = event.returnID { credited.insert(returnID) }
    case .refund(.refundRequested(let event)): check(event.items, seed: seed)
    case .refund(.refundAmended(let event)): check(event.items, seed: seed)
    default: break
    }
  }

  /// B1, by the plainest arithmetic there is: in each order of payments, no more leaves than came
  /// in.
  private mutating func recordMoney(_ event: Event, seed: UInt64) {
    switch event {
    case .order(.paymentCaptured(let event)): captured += event.amount
    case .order(.orderBalanceDisputed(let event)): claimed[event.chargebackID] = event.amount
    case .order(.orderDisputeReleased(let event)): claimed[event.chargebackID] = nil
    case .refund(.refundExecutionStarted(let event)):
      for leg in event.legs { asked[event.refundID, default: [:]][leg.paymentID] = leg.amount }
      checkMoney("\(event.refundID)", seed: seed)
    case .order(.storeCreditGranted(let event)) where event.returnID != nil:
      instead += event.amount
      checkMoney("credit for \(event.returnID!)", seed: seed)
    case .refund(.refundLegFailed(let event)): asked[event.refundID]?[event.paymentID] = nil
    case .refund(.refundLegReturned(let event)): asked[event.refundID]?[event.paymentID] = nil
    default: break
    }
  }

  private func checkMoney(_ what: String, seed: UInt64) {
    let toRefunds = asked.values.reduce(0) { $0 + $1.values.reduce(0, +) }
    let gone = toRefunds + claimed.values.reduce(0, +) + instead
    #expect(gone <= captured, "seed \(seed): \(what) asks for money that is gone")
  }

  /// R2, by the plainest arithmetic there is.
  private func check(_ items: [RefundItem], seed: UInt64) {
    func isRight(_ share: Share, _ item: RefundItem) -> Bool {
      share.share == (2 * share.of * share.part + share.whole) / (2 * share.whole)
        && share.part == item.quantity && share.part <= share.whole
    }
    for item in items {
      let amount = item.quantity * item.originalUnitPrice - item.discount.share + item.tax.share
      #expect(
        isRight(item.discount, item) && isRight(item.tax, item)
          && item.totalRefundAmount == amount && amount >= 0,
        "seed \(seed): \(item)")
    }
  }

  func taken(_ lineID: LineID) -> ReservedLine {
    var sum = ReservedLine(lineID: lineID, quantity: 0, discount: 0, tax: 0)
    for reserved in reservations.values {
      for line in reserved.lines where line.lineID == lineID {
        sum.quantity += line.quantity
        sum.discount += line.discount
        sum.tax += line.tax
      }
    }
    return sum
  }
}

extension OrderBalanceReserved {
  /// R2: the fee goes back in the same proportion as the money, and with it the basis of what comes
  /// later.
  fileprivate mutating func give(back money: Int) {
    let (before, after) = (amount, amount - money)
    func part(_ all: Int) -> Int {
      Int((Double(all) * Double(after) / Double(before) + 0.5).rounded(.down))
    }
    (basis, platformFee, platformFeeTax) = (part(basis), part(platformFee), part(platformFeeTax))
    amount = after
  }
}
