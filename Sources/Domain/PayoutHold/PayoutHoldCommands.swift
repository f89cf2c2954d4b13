// Which function decides which command of a payout hold, with what it looks at.

import Events

extension PayoutHold {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: HoldCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    switch command {
    case .applyPayoutHold(let command):
      try apply(
        command, hold: aggregates.hold(assigned(command.holdID)),
        case: aggregates.supportCase(command.caseID), order: aggregates.order(command.orderID),
        facts: facts)
    case .releasePayoutHold(let command):
      try release(command, hold: aggregates.hold(command.holdID), facts: facts)
    case .expirePayoutHold(let command):
      try expire(command, hold: aggregates.hold(command.holdID), facts: facts)
    }
  }
}
