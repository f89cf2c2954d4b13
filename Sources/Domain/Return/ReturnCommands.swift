// Which function decides which command of a return, with what it looks at.

import Events

extension Return {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: ReturnCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    switch command {
    case .requestReturn(let command):
      try request(command, in: aggregates, facts: facts)
    case .approveReturn(let command):
      try withOrder(command.returnID, aggregates) {
        try approve(
          command, return: $0, vetoes: aggregates.vetoes(on: $1, facts), facts: facts)
      }
    case .recordReturnShipped(let command):
      try recordShipped(command, return: aggregates.return(command.returnID), facts: facts)
    case .rejectReturn(let command):
      try withOrder(command.returnID, aggregates) {
        try reject(command, return: $0, order: $1, facts: facts)
      }
    case .cancelReturn(let command):
      try withOrder(command.returnID, aggregates) {
        try cancel(command, return: $0, order: $1, facts: facts)
      }
    case .expireReturn(let command):
      try withOrder(command.returnID, aggregates) {
        try expire(command, return: $0, order: $1, facts: facts)
      }
    case .recordReturnReception(let command):
      try withOrder(command.returnID, aggregates) {
        try recordReception(command, return: $0, order: $1, facts: facts)
      }
    case .inspectReturn(let command):
      try withOrder(command.returnID, aggregates) {
        try inspect(command, return: $0, order: $1, facts: facts)
      }
    case .completeReturn(let command):
      try withOrder(command.returnID, aggregates) { returnState, order in
        try complete(
          command, return: returnState, order: order,
          refunds: order.refundIDs.map(aggregates.refund),
          vetoes: aggregates.vetoes(on: order, facts), facts: facts)
      }
    }
  }

  private static func request(
    _ command: RequestReturn, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    let order = try aggregates.order(command.orderID)
    let customer = try order.customerID.map(aggregates.customer) ?? Customer()
    let decision = try request(
      command, return: aggregates.return(assigned(command.returnID)),
      case: aggregates.supportCase(command.caseID), order: order, customer: customer, facts: facts)
    if let customerID = order.customerID {
      try aggregates.privacy.checkWords(of: command, by: customerID)
    }
    return decision
  }

  /// Decides about a return together with the order whose units it holds.
  private static func withOrder(
    _ id: ReturnID, _ aggregates: some Aggregates,
    _ decide: (Return, Order) throws -> Decision
  ) throws -> Decision {
    let returnState = try aggregates.return(id)
    return try decide(
      returnState, returnState.header.map { try aggregates.order($0.orderID) } ?? Order())
  }
}
