// The orders and the requests for money back that the rows hold. Pure: rows in, decisions out.
//
// - An invoice of digits is an order; its rows that sell something (quantity and price above zero)
//   are the lines 1, 2, 3 …, and the time of the first of them is the order's.
// - A row of a `C…` invoice takes back units that the same customer bought of the same article
//   earlier in the file, from the newest line that has any left, then from the one before. A row
//   without customer, or for more units than are left, is unmatched as a whole.
// - All that one `C…` invoice takes back of one order is one request, at the time of the
//   invoice's first row.
// - An invoice's rows need not stand together, and nothing later in the file changes what an
//   earlier row decided: a file and a longer one that begins with it agree about all they share.

internal import EventSourcing

/// The shop's orders and what was taken back of them.
public struct SalesHistory: Sendable {
  public private(set) var orders: [Order] = []
  public private(set) var requests: [RefundRequest] = []

  /// Rows of `C…` invoices whose units were all found.
  public private(set) var matchedRows = 0

  /// Rows of `C…` invoices that have no customer or take back more than is left.
  public private(set) var unmatchedRows = 0

  /// When the first row was written.
  private(set) var start: Timestamp?

  private var rowCount = 0
  private var orderIndexes: [String: Int] = [:]
  private var cancellationTimes: [String: Timestamp] = [:]
  private var requestIndexes: [RequestKey: Int] = [:]
  private var sold: [Purchase: [SoldLine]] = [:]

  public init() {}

  mutating func add(_ row: SalesRow) {
    start = start ?? row.time
    rowCount += 1
    if row.isSale {
      if row.quantity > 0 && row.price.isPositive { addLine(row) }
    } else if row.isCancellation {
      if takeBack(row) { matchedRows += 1 } else { unmatchedRows += 1 }
    }
  }

  /// The steps of the import in their order: no request and no story comes before its order.
  func steps(with stories: [SupportStory]) -> [Step] {
    let all =
      orders.indices.map { (row: orders[$0].firstRow, step: Step.order($0)) }
      + requests.indices.map { (row: requests[$0].lastRow, step: Step.request($0)) }
      + stories.indices.map { (row: orders[stories[$0].order].firstRow, step: Step.story($0)) }
    return all.sorted { ($0.row, $0.step) < ($1.row, $1.step) }.map(\.step)
  }

  private mutating func addLine(_ row: SalesRow) {
    let index = orderIndexes[row.invoice] ?? addOrder(row)
    let title = row.description.isEmpty ? row.stockCode : row.description
    orders[index].lines.append(
      Order.Line(
        stockCode: row.stockCode, title: title, quantity: row.quantity, unitPrice: row.price.pence))
    guard let customer = row.customer else { return }
    sold[Purchase(customer: customer, stockCode: row.stockCode), default: []].append(
      SoldLine(order: index, line: orders[index].lines.count, left: row.quantity))
  }

  private mutating func addOrder(_ row: SalesRow) -> Int {
    orders.append(
      Order(number: row.invoice, customer: row.customer, time: row.time, firstRow: rowCount))
    orderIndexes[row.invoice] = orders.count - 1
    return orders.count - 1
  }

  private mutating func takeBack(_ row: SalesRow) -> Bool {
    let time = cancellationTimes[row.invoice] ?? row.time
    cancellationTimes[row.invoice] = time
    var wanted = -row.quantity
    guard wanted > 0, let customer = row.customer else { return false }
    let purchase = Purchase(customer: customer, stockCode: row.stockCode)
    guard var lines = sold[purchase], lines.reduce(0, { $0 + $1.left }) >= wanted else {
      return false
    }
    for index in lines.indices.reversed() where wanted > 0 && lines[index].left > 0 {
      let units = min(wanted, lines[index].left)
      lines[index].left -= units
      wanted -= units
      let request = requestIndex(row.invoice, order: lines[index].order, customer, time)
      requests[request].take(units, ofLine: lines[index].line)
      requests[request].lastRow = rowCount
    }
    sold[purchase] = lines
    return true
  }

  private mutating func requestIndex(
    _ invoice: String, order: Int, _ customer: String, _ time: Timestamp
  ) -> Int {
    let key = RequestKey(cancellation: invoice, order: order)
    if let index = requestIndexes[key] { return index }
    requests.append(
      RefundRequest(
        cancellation: invoice, order: orders[order].number, customer: customer, time: time,
        lastRow: rowCount))
    requestIndexes[key] = requests.count - 1
    return requests.count - 1
  }
}

extension SalesHistory {
  /// One thing to submit, by its index.
  enum Step: Comparable, Sendable {
    case order(Int)
    case request(Int)
    case story(Int)
  }

  private struct Purchase: Hashable, Sendable {
    var customer: String
    var stockCode: String
  }

  private struct SoldLine: Sendable {
    var order: Int
    var line: Int
    var left: Int
  }

  private struct RequestKey: Hashable, Sendable {
    var cancellation: String
    var order: Int
  }
}
