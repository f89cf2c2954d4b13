// Which function decides which command of an order, with what it looks at.

import Events

extension Order {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: OrderCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    switch command {
    case .recordOrder(let command):
      try record(command, order: aggregates.order(command.orderID), facts: facts)
    case .amendOrder(let command):
      try amend(command, order: aggregates.order(command.orderID), facts: facts)
    case .capturePayment(let command):
      try capturePayment(command, order: aggregates.order(command.orderID), facts: facts)
    case .recordDelivery(let command):
      try recordDelivery(command, order: aggregates.order(command.orderID), facts: facts)
    case .cancelOrder(let command):
      try cancel(command, order: aggregates.order(command.orderID), facts: facts)
    case .grantStoreCredit(let command):
      try grantStoreCredit(command, in: aggregates, facts: facts)
    }
  }

  private static func grantStoreCredit(
    _ command: GrantStoreCredit, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    let order = try aggregates.order(command.orderID)
    return try grantStoreCredit(
      command, order: order, case: aggregates.supportCase(command.caseID),
      refunds: order.refundIDs.map(aggregates.refund),
      vetoes: aggregates.vetoes(on: order, facts), facts: facts)
  }
}
