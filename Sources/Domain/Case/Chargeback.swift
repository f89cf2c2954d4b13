// A customer's bank wants a payment back (rule book, Chargeback). The states, and where each leads:
//
//     opened       represented, lost, accepted, prevented
//     represented  won, lost, accepted
//     won, lost, accepted, prevented: final
//
// Its money is the order's business (Order.Dispute).

import EventSourcing
public import Events

/// A chargeback of a case.
public struct Chargeback: Hashable, Sendable, Codable {
  public enum Status: String, CaseIterable, Hashable, Sendable, Codable {
    case opened, represented, won, lost, accepted, prevented

    /// The outcomes that a chargeback in this state can have.
    public var outcomes: [ChargebackOutcome] {
      switch self {
      case .opened: [.lost, .accepted, .prevented]
      case .represented: [.won, .lost, .accepted]
      case .won, .lost, .accepted, .prevented: []
      }
    }
  }

  public internal(set) var orderID: OrderID
  public internal(set) var paymentID: PaymentID
  /// In minor units of the order's currency.
  public internal(set) var amount: Int
  public internal(set) var status = Status.opened
}

extension ChargebackOutcome {
  /// Whether the bank keeps the money (B1).
  var takesMoney: Bool { self == .lost || self == .accepted }

  var status: Chargeback.Status {
    switch self {
    case .won: .won
    case .lost: .lost
    case .accepted: .accepted
    case .prevented: .prevented
    }
  }
}
