// What is at stake in a decision on which a tenant's windows, limits, fees or rules bear. These are
// the commands whose rules look at the tenant's settings, its policy or its reasons: requests and
// approvals of refunds (R2, R4, R5), requests, approvals and completions of returns (V2, V3, R5),
// and store credit (R5).
//
// A return and its refund are one matter, so that its money counts once.

import Domain
import EventSourcing
import Events

/// What a decision gives money or an approval for.
enum Matter: Hashable {
  case refund(RefundID)
  /// With the refund or the credit that it becomes.
  case `return`(ReturnID)
  /// Goodwill, which has no name of its own, at the position of its grant.
  case credit(OrderID, Position)

  init(_ refund: RefundID, of returnID: ReturnID?) {
    self = returnID.map { .return($0) } ?? .refund(refund)
  }

  var stream: StreamName {
    switch self {
    case .refund(let id): Subject.refund(id).stream
    case .return(let id): Subject.return(id).stream
    case .credit(let id, _): Subject.order(id).stream
    }
  }
}

/// What a command asks for, for whom and why.
struct Stake {
  /// The types of all commands that have one.
  static let commandTypes: Set<String> = [
    RequestRefund.typeName, ApproveRefund.typeName, RequestReturn.typeName, ApproveReturn.typeName,
    CompleteReturn.typeName, GrantStoreCredit.typeName,
  ]

  var matter: Matter
  var customerID: CustomerID
  var currency: CurrencyCode
  /// The caller's words for a refund or credit; the codes of a return's lines.
  var reason: String
}

extension TenantState {
  /// - Parameter position: of the command's first event.
  /// - Returns: `nil` for a command that looks at nothing that a back-test changes, and for one
  ///   about something that is not there.
  func stake(of command: Command, at position: Position) -> Stake? {
    switch command {
    case .refund(.requestRefund(let command)):
      guard let refundID = command.refundID else { return nil }
      let reason = command.returnID.map(reasons) ?? command.reason
      return stake(Matter(refundID, of: command.returnID), of: command.orderID, reason)
    case .refund(.approveRefund(let command)):
      let refund = refund(command.refundID)
      guard let header = refund.header else { return nil }
      return Stake(
        matter: Matter(header.refundID, of: header.returnID), customerID: header.customerID,
        currency: header.currency, reason: header.returnID.map(reasons) ?? refund.reason)
    case .return(.requestReturn(let command)):
      guard let returnID = command.returnID else { return nil }
      return stake(.return(returnID), of: command.orderID, command.lines.map(\.reason.code).listed)
    case .return(.approveReturn(let command)): return stake(of: command.returnID)
    case .return(.completeReturn(let command)): return stake(of: command.returnID)
    case .order(.grantStoreCredit(let command)):
      return stake(.credit(command.orderID, position), of: command.orderID, command.reason)
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system:
      return nil
    }
  }

  private func stake(of returnID: ReturnID) -> Stake? {
    guard let header = self.return(returnID).header else { return nil }
    return Stake(
      matter: .return(returnID), customerID: header.customerID, currency: header.currency,
      reason: reasons(of: returnID))
  }

  private func stake(_ matter: Matter, of orderID: OrderID, _ reason: String) -> Stake? {
    let order = order(orderID)
    guard let customerID = order.customerID, let currency = order.currency else { return nil }
    return Stake(matter: matter, customerID: customerID, currency: currency, reason: reason)
  }

  private func reasons(of returnID: ReturnID) -> String {
    self.return(returnID).lines.map(\.reasonCode).listed
  }
}

extension [String] {
  /// Each once, in the order of the alphabet.
  fileprivate var listed: String { Set(self).sorted().joined(separator: ", ") }
}
