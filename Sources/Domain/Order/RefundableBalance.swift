// O2: one refundable balance for each order and payment, and what of it may still be given.

import EventSourcing
import Events

/// What was captured, and what became of it, in minor units of the order's currency: reserved is
/// what pending, approved, processing and failed refunds hold, and those of unknown outcome;
/// disputed is what open chargebacks claim (B1).
public struct RefundableBalance: Hashable, Sendable, Codable {
  public internal(set) var captured: Int
  public internal(set) var executed = 0
  public internal(set) var reserved = 0
  public internal(set) var disputed = 0

  /// What was captured, with nothing taken from it yet.
  public init(captured: Int = 0) { self.captured = captured }

  /// What may still be requested (R3).
  public var refundable: Int { captured - executed - reserved - disputed }
}

extension Order {
  /// What may still be given, as money or as credit instead of money. Goodwill does not draw on the
  /// balance. Credit given for returns, and claims of banks beside a refund (B1), are subtracted.
  var givable: Int { max(0, balance.refundable - creditedInstead - paidTwice()) }

  /// What may be given as credit, which cannot be stopped once it is given.
  var creditable: Int { max(0, balance.refundable - creditedInstead - uncoveredClaims) }

  /// What may be given once nothing is pending or disputed. A return is never paid beyond this: the
  /// rest was never captured, or has gone back already.
  var givableInTheEnd: Int {
    max(0, balance.captured - balance.executed - creditedInstead - paidTwice(byLost: true))
  }
}
