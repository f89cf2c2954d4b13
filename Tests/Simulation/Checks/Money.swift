// Where every penny went, told from the events alone and compared with the rule book's own state,
// with the provider's books and with the read model.

internal import Domain
internal import EventSourcing
internal import Events
internal import Gateways

struct Money {
  private struct Account {
    var order = Order()
    var captured = 0
    /// What refunds were paid, and what banks took back.
    var executed = 0
    var disputed = 0
    /// By refund, what it holds.
    var reserved: [RefundID: Int] = [:]
  }

  private var accounts: [String: Account] = [:]
  /// By tenant, refund and payment, what was recorded as paid.
  private var executed: [String: Int] = [:]
  private(set) var executedAmount = 0
  var executedCount: Int { executed.count }

  init(_ events: [RecordedEvent]) throws {
    for recorded in events { try add(recorded) }
  }

  private mutating func add(_ recorded: RecordedEvent) throws {
    if case .refund(.refundLegSettled(let event)) = recorded.event {
      let key = "\(recorded.tenant)/\(event.refundID)/\(event.paymentID)"
      try require(executed[key] == nil, "the leg \(key) was settled twice")
      executed[key] = event.amount
      executedAmount += event.amount
    }
    guard case .order(let id) = recorded.event.subject else { return }
    var account = accounts["\(recorded.tenant)/\(id)"] ?? Account()
    try account.order.fold(recorded.event)
    switch recorded.event {
    case .order(.paymentCaptured(let event)): account.captured += event.amount
    case .order(.orderBalanceReserved(let event)): account.reserved[event.refundID] = event.amount
    case .order(.orderReservationReduced(let event)):
      account.reserved[event.refundID]! -= event.amount
    case .order(.orderReservationReleased(let event)): account.reserved[event.refundID] = nil
    case .order(.orderReservationSettled(let event)):
      account.reserved[event.refundID]! -= event.amount
      account.executed += event.amount
    case .order(.orderBalanceDisputed(let event)): account.disputed += event.covered
    case .order(.orderDisputeCovered(let event)):
      if event.isLost { account.executed += event.amount } else { account.disputed += event.amount }
    case .order(.orderDisputeReleased(let event)): account.disputed -= event.amount
    case .order(.orderDisputeSettled(let event)):
      account.disputed -= event.amount
      account.executed += event.amount
    default: break
    }
    let balance = account.order.balance
    let reserved = account.reserved.values.reduce(0, +)
    try require(
      balance.captured == account.captured && balance.executed == account.executed
        && balance.reserved == reserved && balance.disputed == account.disputed
        && balance.refundable >= 0
        && balance.captured
          == balance.executed + balance.reserved + balance.disputed + balance.refundable,
      "the money of order \(id) does not add up at position \(recorded.position)")
    accounts["\(recorded.tenant)/\(id)"] = account
  }

  /// Nobody was paid twice, and nobody's payment was forgotten.
  ///
  /// - Parameter isSettled: whether every payment has had its answer recorded.
  func requireAgrees(with provider: SimulatedProvider, isSettled: Bool) throws {
    var paid: [String: Int] = [:]
    for entry in provider.books.values {
      guard case .paid(let instruction, _) = entry else { continue }
      let key = "\(instruction.tenant)/\(instruction.refundID)/\(instruction.paymentID)"
      try require(paid[key] == nil, "the provider paid the leg \(key) twice")
      paid[key] = instruction.amount
    }
    for (key, amount) in executed {
      try require(paid[key] == amount, "the leg \(key) is recorded as paid, which it was not")
    }
    if isSettled {
      try require(paid == executed, "the provider paid \(paid), the log says \(executed)")
    }
  }

  func requireAgrees(with readModels: ReadModels) throws {
    let expected = accounts.mapValues { account in
      let balance = account.order.balance
      return [balance.captured, balance.executed, balance.reserved, balance.refundable]
    }
    let balances = try readModels.balances()
    try require(balances == expected, "the balances read are \(balances), not \(expected)")
  }
}
