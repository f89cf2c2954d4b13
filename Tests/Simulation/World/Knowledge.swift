// What clients believe about their tenant, from the events they follow. It may lag behind, so what
// they ask for is often possible and sometimes not any more.

internal import EventSourcing
internal import Events

struct Knowledge {
  struct Shop {
    var isRegistered = false
    var isSuspended = false
    /// By order, its customer and how many units each line has.
    var orders: [String: (customer: String, lines: [Int], total: Int)] = [:]
    /// By case, its order.
    var cases: [String: String] = [:]
    /// By refund, its status.
    var refunds: [String: String] = [:]
    var payments: Set<String> = []
    /// Chargebacks that are open, by case and id, and whether each found all that it claims.
    var chargebacks: [String: (id: String, supportCase: String, isCovered: Bool)] = [:]
  }

  private(set) var shops: [String: Shop] = [:]

  /// Open chargebacks, which keep refunds from being paid (B1).
  var chargebacks: [(tenant: String, id: String, supportCase: String)] {
    shops.sorted { $0.key < $1.key }.flatMap { tenant, shop in
      shop.chargebacks.sorted { $0.key < $1.key }
        .map { (tenant, $0.value.id, $0.value.supportCase) }
    }
  }

  var suspended: [String] { shops.filter(\.value.isSuspended).keys.sorted() }

  mutating func follow(_ recorded: RecordedEvent) {
    var shop = shops[recorded.tenant.rawValue] ?? Shop()
    switch recorded.event {
    case .tenant(.tenantRegistered): shop.isRegistered = true
    case .tenant(.tenantSuspended): shop.isSuspended = true
    case .tenant(.tenantReinstated): shop.isSuspended = false
    case .order(.orderRecorded(let event)):
      shop.orders[event.orderID.rawValue] = (
        event.customerID.rawValue, event.lines.map(\.quantity), event.total
      )
    case .order(.paymentCaptured(let event)): shop.payments.insert(event.paymentID.rawValue)
    case .supportCase(.caseOpened(let event)):
      shop.cases[event.caseID.rawValue] = event.orderID?.rawValue ?? ""
    case .supportCase(.chargebackOpened(let event)):
      shop.chargebacks["\(event.caseID)/\(event.chargebackID)"] = (
        event.chargebackID.rawValue, event.caseID.rawValue, event.covered == event.amount
      )
    case .supportCase(.chargebackEnded(let event)):
      shop.chargebacks["\(event.caseID)/\(event.chargebackID)"] = nil
    case .supportCase(.caseClosed(let event)): shop.cases[event.caseID.rawValue] = nil
    case .refund(.refundRequested(let event)): shop.refunds[event.refundID.rawValue] = "pending"
    case .refund(.refundApproved(let event)): shop.refunds[event.refundID.rawValue] = "approved"
    case .refund(.refundApprovalReset(let event)): shop.refunds[event.refundID.rawValue] = "pending"
    case .refund(.refundDenied(let event)): shop.refunds[event.refundID.rawValue] = "denied"
    case .refund(.refundCancelled(let event)): shop.refunds[event.refundID.rawValue] = "cancelled"
    case .refund(.refundExecutionStarted(let event)):
      shop.refunds[event.refundID.rawValue] = "processing"
    case .refund(.refundLegSettled(let event)):
      shop.refunds[event.refundID.rawValue] = event.status.rawValue
    case .refund(.refundLegFailed(let event)):
      shop.refunds[event.refundID.rawValue] = event.status.rawValue
    default: break
    }
    shops[recorded.tenant.rawValue] = shop
  }
}

extension Knowledge.Shop {
  /// The refunds in a status, in an order that does not depend on hashing.
  func refunds(_ statuses: String...) -> [String] {
    refunds.filter { statuses.contains($0.value) }.keys.sorted()
  }
}
