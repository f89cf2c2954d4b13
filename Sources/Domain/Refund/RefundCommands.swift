// Which function decides which command of a refund, with what it looks at.

import Events

extension Refund {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: RefundCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    switch command {
    case .requestRefund(let command):
      try request(
        command, refund: aggregates.refund(assigned(command.refundID)),
        case: aggregates.supportCase(command.caseID), order: aggregates.order(command.orderID),
        return: command.returnID.map(aggregates.return), facts: facts)
    case .amendRefund(let command):
      try withOrder(command.refundID, aggregates) { refund, order in
        try amend(
          command, refund: refund, case: caseOf(refund, aggregates), order: order, facts: facts)
      }
    case .approveRefund(let command):
      try withOrder(command.refundID, aggregates) { refund, order in
        try approve(
          command, refund: refund, case: caseOf(refund, aggregates), order: order,
          others: order.refundIDs.filter { $0 != command.refundID }.map(aggregates.refund),
          return: refund.returnID.map(aggregates.return),
          vetoes: aggregates.vetoes(on: order, facts), facts: facts)
      }
    case .denyRefund(let command):
      try withOrder(command.refundID, aggregates) { refund, order in
        try deny(
          command, refund: refund, order: order, return: refund.returnID.map(aggregates.return),
          facts: facts)
      }
    case .cancelRefund(let command):
      try withOrder(command.refundID, aggregates) { refund, order in
        try cancel(
          command, refund: refund, order: order, return: refund.returnID.map(aggregates.return),
          facts: facts)
      }
    case .executeRefund(let command):
      try withOrder(command.refundID, aggregates) { refund, order in
        try execute(
          command, refund: refund, order: order, return: refund.returnID.map(aggregates.return),
          facts: facts)
      }
    case .recordRefundAccepted(let command):
      try recordAccepted(command, refund: aggregates.refund(command.refundID), facts: facts)
    case .recordRefundExecuted(let command):
      try recordExecuted(command, refund: aggregates.refund(command.refundID), facts: facts)
    case .reconcileRefund(let command):
      try reconcile(command, refund: aggregates.refund(command.refundID), facts: facts)
    case .recordRefundFailed(let command):
      try recordFailed(command, refund: aggregates.refund(command.refundID), facts: facts)
    case .recordRefundOutcomeUnknown(let command):
      try recordOutcomeUnknown(command, refund: aggregates.refund(command.refundID), facts: facts)
    case .recordRefundReturned(let command):
      try recordReturned(command, refund: aggregates.refund(command.refundID), facts: facts)
    }
  }

  /// Decides about a refund together with the order whose balance it holds.
  private static func withOrder(
    _ id: RefundID, _ aggregates: some Aggregates,
    _ decide: (Refund, Order) throws -> Decision
  ) throws -> Decision {
    let refund = try aggregates.refund(id)
    return try decide(refund, refund.orderID.map(aggregates.order) ?? Order())
  }

  private static func caseOf(
    _ refund: Refund, _ aggregates: some Aggregates
  ) throws -> SupportCase { try refund.caseID.map(aggregates.supportCase) ?? SupportCase() }
}
