// Names, times and days as literals, so that tests read like the story they tell.

public import EventSourcing
public import Events

extension Identifier where Self: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard Self.isValid(text.utf8) else { preconditionFailure("not an identifier: \(text)") }
    self.init(unchecked: text)
  }
}

extension TenantID: ExpressibleByStringLiteral {}
extension AgentID: ExpressibleByStringLiteral {}
extension CustomerID: ExpressibleByStringLiteral {}
extension CaseID: ExpressibleByStringLiteral {}
extension OrderID: ExpressibleByStringLiteral {}
extension LineID: ExpressibleByStringLiteral {}
extension ProductID: ExpressibleByStringLiteral {}
extension PaymentID: ExpressibleByStringLiteral {}
extension RefundID: ExpressibleByStringLiteral {}
extension RefundItemID: ExpressibleByStringLiteral {}
extension LegID: ExpressibleByStringLiteral {}
extension ChargebackID: ExpressibleByStringLiteral {}
extension HoldID: ExpressibleByStringLiteral {}
extension ReturnID: ExpressibleByStringLiteral {}
extension SubjectID: ExpressibleByStringLiteral {}
extension ShopSyncID: ExpressibleByStringLiteral {}

extension ShopDomain: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(unchecked: text) }
}

extension PolicyID: ExpressibleByStringLiteral {}
extension PolicyRuleID: ExpressibleByStringLiteral {}
extension MessageID: ExpressibleByStringLiteral {}
extension AuthorID: ExpressibleByStringLiteral {}
extension EvidenceKey: ExpressibleByStringLiteral {}
extension ContentID: ExpressibleByStringLiteral {}
extension DepositID: ExpressibleByStringLiteral {}
extension BookingGroupID: ExpressibleByStringLiteral {}
extension StudioID: ExpressibleByStringLiteral {}
extension CreatorID: ExpressibleByStringLiteral {}
extension PayoutID: ExpressibleByStringLiteral {}
extension SlaCalendarID: ExpressibleByStringLiteral {}

extension CurrencyCode: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(unchecked: text) }
}

extension Actor: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let actor = Actor(text) else { preconditionFailure("not an actor: \(text)") }
    self = actor
  }
}

extension Timestamp: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let time = Timestamp(text) else { preconditionFailure("not a time: \(text)") }
    self = time
  }
}

extension CalendarDate: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) {
    guard let day = CalendarDate(text) else { preconditionFailure("not a day: \(text)") }
    self = day
  }
}
