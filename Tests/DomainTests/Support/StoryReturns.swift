// What the rule book says about returns and store credit (Story.swift has the others).

import Domain
import Events

extension Story {
  func decideReturn(_ command: Command, _ facts: Facts) throws -> Decision {
    func known(_ id: ReturnID?) -> Return { id.flatMap { returns[$0] } ?? Return() }
    func returned(_ id: ReturnID) -> Order { order(known(id).header?.orderID) }
    switch command {
    case .requestReturn(let it):
      let order = order(it.orderID)
      let customer = order.customerID.flatMap { customers[$0] } ?? Customer()
      return try Return.decide(
        it, return: known(it.returnID), case: supportCase(it.caseID), order: order,
        customer: customer, facts: facts)
    case .approveReturn(let it):
      return try Return.decide(it, return: known(it.returnID), facts: facts)
    case .rejectReturn(let it):
      return try Return.decide(
        it, return: known(it.returnID), order: returned(it.returnID), facts: facts)
    case .cancelReturn(let it):
      return try Return.decide(
        it, return: known(it.returnID), order: returned(it.returnID), facts: facts)
    case .recordReturnShipped(let it):
      return try Return.decide(it, return: known(it.returnID), facts: facts)
    case .expireReturn(let it):
      return try Return.decide(
        it, return: known(it.returnID), order: returned(it.returnID), facts: facts)
    case .recordReturnReception(let it):
      return try Return.decide(
        it, return: known(it.returnID), order: returned(it.returnID), facts: facts)
    case .inspectReturn(let it):
      return try Return.decide(
        it, return: known(it.returnID), order: returned(it.returnID), facts: facts)
    case .completeReturn(let it):
      let order = returned(it.returnID)
      return try Return.decide(
        it, return: known(it.returnID), order: order,
        refunds: order.refundIDs.compactMap { refunds[$0] }, facts: facts)
    case .grantStoreCredit(let it):
      return try Order.decide(
        it, order: order(it.orderID), case: supportCase(it.caseID), facts: facts)
    default: preconditionFailure("a command that no aggregate takes")
    }
  }
}
