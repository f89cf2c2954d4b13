// Which aggregates each command about a return looks at (Deciding.swift has the others).

import Domain
import Events

extension Repository {
  /// Lets a return decide, together with whatever its command names.
  ///
  /// - Precondition: the command is about a return.
  func decideReturn(_ command: Command, facts: Facts) throws -> Decision {
    switch command {
    case .requestReturn(let command): return try decide(command, facts: facts)
    case .approveReturn(let command):
      return try Return.decide(command, return: self.return(command.returnID).state, facts: facts)
    case .rejectReturn(let command):
      return try deciding(command.returnID) {
        try Return.decide(command, return: $0, order: $1, facts: facts)
      }
    case .cancelReturn(let command):
      return try deciding(command.returnID) {
        try Return.decide(command, return: $0, order: $1, facts: facts)
      }
    case .recordReturnShipped(let command):
      return try Return.decide(command, return: self.return(command.returnID).state, facts: facts)
    case .expireReturn(let command):
      return try deciding(command.returnID) {
        try Return.decide(command, return: $0, order: $1, facts: facts)
      }
    case .recordReturnReception(let command):
      return try deciding(command.returnID) {
        try Return.decide(command, return: $0, order: $1, facts: facts)
      }
    case .inspectReturn(let command):
      return try deciding(command.returnID) {
        try Return.decide(command, return: $0, order: $1, facts: facts)
      }
    case .completeReturn(let command):
      return try deciding(command.returnID) { known, order in
        try Return.decide(
          command, return: known, order: order,
          refunds: order.refundIDs.map { try self.refund($0).state }, facts: facts)
      }
    default: preconditionFailure("\(command.type) is about no return")
    }
  }

  private func decide(_ command: RequestReturn, facts: Facts) throws -> Decision {
    guard let id = command.returnID else { preconditionFailure("names are made before deciding") }
    let order = try order(command.orderID).state
    let customer = try order.customerID.map(customer)?.state ?? Customer()
    let decision = try Return.decide(
      command, return: self.return(id).state, case: supportCase(command.caseID).state,
      order: order, customer: customer, facts: facts)
    if let customerID = order.customerID {
      try privacy().state.checkWords(of: command, by: customerID)
    }
    return decision
  }

  /// Decides about a return together with the order whose units it holds.
  private func deciding(
    _ id: ReturnID, _ body: (Return, Order) throws -> Decision
  ) throws -> Decision {
    let known = try self.return(id).state
    guard let orderID = known.header?.orderID else { return try body(known, Order()) }
    return try body(known, order(orderID).state)
  }
}
