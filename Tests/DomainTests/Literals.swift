// Names, times and days as literals, so that tests read like the story they tell.

import Events
import EventSourcing

extension Identifier where Self: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard Self.isValid(text.utf8) else { preconditionFailure("not an identifier: \(text)") }
    self.init(unchecked: text)
  }
}

extension TenantID: @retroactive ExpressibleByStringLiteral {}
extension AgentID: @retroactive ExpressibleByStringLiteral {}
extension CustomerID: @retroactive ExpressibleByStringLiteral {}
extension CaseID: @retroactive ExpressibleByStringLiteral {}
extension OrderID: @retroactive ExpressibleByStringLiteral {}
extension LineID: @retroactive ExpressibleByStringLiteral {}
extension ProductID: @retroactive ExpressibleByStringLiteral {}
extension PaymentID: @retroactive ExpressibleByStringLiteral {}
extension RefundID: @retroactive ExpressibleByStringLiteral {}
extension RefundItemID: @retroactive ExpressibleByStringLiteral {}
extension LegID: @retroactive ExpressibleByStringLiteral {}

extension CurrencyCode: @retroactive ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(unchecked: text) }
}

extension Actor: @retroactive ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let actor = Actor(text) else { preconditionFailure("not an actor: \(text)") }
    self = actor
  }
}

extension Timestamp: @retroactive ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let time = Timestamp(text) else { preconditionFailure("not a time: \(text)") }
    self = time
  }
}

extension CalendarDate: @retroactive ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let day = CalendarDate(text) else { preconditionFailure("not a day: \(text)") }
    self = day
  }
}
