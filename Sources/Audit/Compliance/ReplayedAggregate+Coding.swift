// An aggregate's state as it is moved out of memory: the number of its kind, then the state.

import Domain

extension ReplayedAggregate: Codable {
  private enum Kind: Int, Codable {
    case tenant, customer, order, supportCase, refund, hold, `return`, privacy, stateless
  }

  private var kind: Kind {
    switch self {
    case .tenant: .tenant
    case .customer: .customer
    case .order: .order
    case .supportCase: .supportCase
    case .refund: .refund
    case .hold: .hold
    case .return: .return
    case .privacy: .privacy
    case .stateless: .stateless
    }
  }

  func encode(to encoder: any Encoder) throws {
    var parts = encoder.unkeyedContainer()
    try parts.encode(kind)
    switch self {
    case .tenant(let state): try parts.encode(state)
    case .customer(let state): try parts.encode(state)
    case .order(let state): try parts.encode(state)
    case .supportCase(let state): try parts.encode(state)
    case .refund(let state): try parts.encode(state)
    case .hold(let state): try parts.encode(state)
    case .return(let state): try parts.encode(state)
    case .privacy(let state): try parts.encode(state)
    case .stateless: break
    }
  }

  init(from decoder: any Decoder) throws {
    var parts = try decoder.unkeyedContainer()
    self =
      switch try parts.decode(Kind.self) {
      case .tenant: .tenant(try parts.decode(Tenant.self))
      case .customer: .customer(try parts.decode(Customer.self))
      case .order: .order(try parts.decode(Order.self))
      case .supportCase: .supportCase(try parts.decode(SupportCase.self))
      case .refund: .refund(try parts.decode(Refund.self))
      case .hold: .hold(try parts.decode(PayoutHold.self))
      case .return: .return(try parts.decode(Return.self))
      case .privacy: .privacy(try parts.decode(Privacy.self))
      case .stateless: .stateless
      }
  }
}
