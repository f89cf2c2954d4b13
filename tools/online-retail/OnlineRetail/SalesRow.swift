// One line of the shop's file:
//
//     InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
//     536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
//
// `CustomerID` went through a floating-point column once and is written `17850.0`, or nothing.

internal import EventSourcing

/// What an invoice says about one article.
struct SalesRow: Equatable, Sendable {
  static let header =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
  static let fieldCount = 8

  /// No row of a real shop is worth more, and sums of such rows cannot overflow.
  static let penceLimit = 900_000_000_000

  var invoice: String
  var stockCode: String
  /// Empty in some rows.
  var description: String
  /// Negative in cancellations, and in corrections of the stock.
  var quantity: Int
  var time: Timestamp
  var price: UnitPrice
  /// Without the `.0`; nil where the customer was not logged in.
  var customer: String?

  init(_ record: CSVRecord, clock: inout LondonClock) throws(SalesFileError) {
    let line = record.line
    guard record.count == SalesRow.fieldCount else {
      throw .badRow(
        line: line, "\(record.count) fields instead of \(SalesRow.fieldCount)")
    }
    func bad(_ field: Int, _ what: String) -> SalesFileError {
      .badRow(line: line, "\(what): \"\(String(decoding: record[field], as: UTF8.self))\"")
    }
    guard let invoice = record.text(0), invoice.utf8.count <= 20,
      CommandID.isValid(invoice.utf8)
    else { throw bad(0, "the invoice number is not up to 20 letters and digits") }
    guard let stockCode = record.text(1), !stockCode.isEmpty else {
      throw bad(1, "the stock code is empty or no UTF-8")
    }
    guard let description = record.text(2) else { throw bad(2, "the description is no UTF-8") }
    guard let quantity = Int(decimal: record[3]) else {
      throw bad(3, "the quantity is not a whole number")
    }
    guard let time = clock.time(record[4]) else {
      throw bad(4, "the date is not written like 2010-12-01 08:26:00")
    }
    guard let price = UnitPrice(record[5]) else {
      throw bad(5, "the unit price is not a decimal number of pounds")
    }
    guard abs(quantity) <= SalesRow.penceLimit / max(abs(price.pence), 1) else {
      throw bad(3, "more money in one row than a shop can earn, the quantity is")
    }
    guard let customer = SalesRow.customer(record[6]) else {
      throw bad(6, "the customer is not a number")
    }
    self.invoice = invoice
    self.stockCode = stockCode
    self.description = description
    self.quantity = quantity
    self.time = time
    self.price = price
    self.customer = customer.isEmpty ? nil : customer
  }

  /// `17850` for `17850.0` and for `17850`, an empty text for none, nil for anything else.
  private static func customer(_ bytes: ArraySlice<UInt8>) -> String? {
    let digits = bytes.suffix(2).elementsEqual(".0".utf8) ? bytes.dropLast(2) : bytes
    guard digits.count <= 20, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      bytes.isEmpty || !digits.isEmpty
    else { return nil }
    return String(decoding: digits, as: UTF8.self)
  }
}

extension SalesRow {
  static func checkHeader(_ record: CSVRecord) throws(SalesFileError) {
    let names = (0..<record.count).map { record.text($0) ?? "?" }.joined(separator: ",")
    guard names == header else { throw .badHeader(found: names) }
  }

  /// An invoice numbered with digits alone is a sale.
  var isSale: Bool { invoice.utf8.allSatisfy { (0x30...0x39).contains($0) } }

  /// An invoice number that begins with `C` takes back what earlier invoices sold.
  var isCancellation: Bool { invoice.utf8.first == UInt8(ascii: "C") }
}
