// The two things the shop's rows become.

internal import EventSourcing

/// An invoice that sold something.
public struct Order: Equatable, Sendable {
  public struct Line: Equatable, Sendable {
    var stockCode: String
    var title: String
    var quantity: Int
    /// Pence.
    var unitPrice: Int
  }

  var number: String
  /// Nil where the customer was not logged in.
  var customer: String?
  /// Placed, paid and, for want of better knowledge, delivered.
  var time: Timestamp
  /// Line 1 is the first.
  var lines: [Line] = []
  var firstRow: Int

  /// Pence.
  public var total: Int { lines.reduce(0) { $0 + $1.quantity * $1.unitPrice } }
}

/// What one `C…` invoice takes back of one order.
public struct RefundRequest: Equatable, Sendable {
  struct Item: Equatable, Sendable {
    /// Counted from 1.
    var line: Int
    var quantity: Int
  }

  var cancellation: String
  /// The order's number.
  var order: String
  var customer: String
  var time: Timestamp
  /// By line; each line once.
  var items: [Item] = []
  var lastRow: Int

  /// What the refund, and the case it belongs to, are called.
  var id: String { "\(cancellation)-\(order)" }

  mutating func take(_ units: Int, ofLine line: Int) {
    let index = items.firstIndex { $0.line >= line } ?? items.endIndex
    if index < items.endIndex, items[index].line == line {
      items[index].quantity += units
    } else {
      items.insert(Item(line: line, quantity: units), at: index)
    }
  }
}
