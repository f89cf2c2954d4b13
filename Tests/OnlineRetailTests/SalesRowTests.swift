import EventSourcing
import Testing

@testable import OnlineRetail

@Suite struct `one row` {
  @Test func `becomes an order's line as the shop meant it`() throws {
    let history = try history(
      "536365,85123A,\"HOLDER, WHITE\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
      "536366,gift_0001_40,Voucher £40.00,1,2010-12-01 08:30:00,34.04,,France",
      "536367,22752,,2,2010-12-01 08:30:00,7.65,13047,France",
      lineEnd: "\r\n")
    #expect(history.orders.map(\.number) == ["536365", "536366", "536367"])
    #expect(history.orders.map(\.customer) == ["17850", nil, "13047"])
    #expect(history.orders.map(\.total) == [1530, 3404, 1530])
    #expect(
      history.orders.map(\.lines[0].title) == ["HOLDER, WHITE", "Voucher £40.00", "22752"])
  }

  @Test(arguments: [
    ("2.55", 255), ("3", 300), ("0.1", 10), ("0", 0), ("38970.0", 3_897_000), ("0.285", 29),
    ("0.284999", 28), ("0.005", 1), ("0.004", 0), ("1.995", 200), ("-11062.06", -1_106_206),
    ("-0.125", -13), ("999999999999.99", 99_999_999_999_999),
  ])
  func `a price in pounds is read to the penny, half up`(text: String, pence: Int) throws {
    #expect(try #require(UnitPrice(ArraySlice(text.utf8))).pence == pence)
  }

  @Test func `a price below half a penny is still a price`() throws {
    #expect(try #require(UnitPrice(ArraySlice("0.001".utf8))).isPositive)
    #expect(try !#require(UnitPrice(ArraySlice("0.000".utf8))).isPositive)
    #expect(try !#require(UnitPrice(ArraySlice("-0.01".utf8))).isPositive)
  }

  @Test(arguments: ["", ".", "1.", ".5", "1e3", "1,5", "+1", "£1", " 1", "--1", "1.2.3", "NaN"])
  func `anything else is no price`(text: String) {
    #expect(UnitPrice(ArraySlice(text.utf8)) == nil)
  }

  @Test(arguments: [
    ("1,A,B,1,2010-12-01 08:26:00,1,1.0", "7 fields instead of 8"),
    ("1,A,B,1,2010-12-01 08:26:00,1,1.0,UK,x", "9 fields instead of 8"),
    ("1 2,A,B,1,2010-12-01 08:26:00,1,1.0,UK", "invoice number"),
    (",A,B,1,2010-12-01 08:26:00,1,1.0,UK", "invoice number"),
    ("1,,B,1,2010-12-01 08:26:00,1,1.0,UK", "stock code"),
    ("1,A,B,1.5,2010-12-01 08:26:00,1,1.0,UK", "quantity"),
    ("1,A,B,,2010-12-01 08:26:00,1,1.0,UK", "quantity"),
    ("1,A,B,999999999999,2010-12-01 08:26:00,10,1.0,UK", "more money"),
    ("1,A,B,1,2010-12-01,1,1.0,UK", "date"),
    ("1,A,B,1,2010-02-30 08:26:00,1,1.0,UK", "date"),
    ("1,A,B,1,1/12/2010 08:26,1,1.0,UK", "date"),
    ("1,A,B,1,2010-12-01 08:26:00,x,1.0,UK", "unit price"),
    ("1,A,B,1,2010-12-01 08:26:00,1,.0,UK", "customer"),
    ("1,A,B,1,2010-12-01 08:26:00,1,17850.5,UK", "customer"),
  ])
  func `a row that makes no sense is refused with its line`(text: String, problem: String) {
    let error = #expect(throws: SalesFileError.self) { try history(row("1", "A", 1), text) }
    #expect("\(error!)".hasPrefix("line 3: "))
    #expect("\(error!)".contains(problem))
  }

  @Test func `a description that is no UTF-8 is refused with its line`() throws {
    var bytes = Array("\(SalesRow.header)\n1,A,".utf8)
    bytes += [0xA3]
    bytes += Array("40,1,2010-12-01 08:26:00,1,1.0,UK\n".utf8)
    let error = #expect(throws: SalesFileError.self) {
      try SalesHistory { body in try bytes.withUnsafeBytes(body) }
    }
    #expect("\(error!)".hasPrefix("line 2: the description is no UTF-8"))
  }

  @Test func `a file with other columns, or none, is refused`() {
    #expect(throws: SalesFileError.badHeader(found: "a,b")) { try history(text: "a,b\n1,2\n") }
    #expect(throws: SalesFileError.noRows) { try history(text: "\(SalesRow.header)\n") }
    #expect(throws: SalesFileError.noRows) { try history(text: "") }
  }

  @Test func `a file that does not exist is named`() {
    let error = #expect(throws: SalesFileError.self) { try SalesHistory(path: "no/such.csv") }
    #expect("\(error!)".hasPrefix("cannot read no/such.csv: "))
  }
}

@Suite struct `British wall time` {
  @Test(arguments: [
    ("2010-12-01 08:26:00", "2010-12-01T08:26:00.000000Z"),
    ("2011-07-01 08:26:00", "2011-07-01T07:26:00.000000Z"),
    // Summer time begins on 27 March 2011: 01:00 to 02:00 does not exist.
    ("2011-03-27 00:59:59", "2011-03-27T00:59:59.000000Z"),
    ("2011-03-27 01:30:00", "2011-03-27T01:30:00.000000Z"),
    ("2011-03-27 02:00:00", "2011-03-27T01:00:00.000000Z"),
    // It ends on 30 October 2011: 01:00 to 02:00 comes twice, the second pass is meant.
    ("2011-10-30 00:59:59", "2011-10-29T23:59:59.000000Z"),
    ("2011-10-30 01:30:00", "2011-10-30T01:30:00.000000Z"),
    ("2011-10-30 02:00:00", "2011-10-30T02:00:00.000000Z"),
  ])
  func `is written in UTC`(wall: String, utc: String) throws {
    var clock = LondonClock()
    #expect(clock.time(ArraySlice(wall.utf8))?.description == utc)
  }

  @Test func `is converted the same whatever was asked before`() {
    var clock = LondonClock()
    for day in ["2011-03-26", "2011-03-27", "2011-03-28", "2011-03-27", "2010-12-01"] {
      for hour in 10...23 {
        let text = ArraySlice("\(day) \(hour):15:00".utf8)
        var fresh = LondonClock()
        #expect(clock.time(text) == fresh.time(text))
      }
    }
  }

  @Test(arguments: ["2010-12-01T08:26:00", "2010-12-01 08:26", "2010-12-01 24:00:00", ""])
  func `has one form`(text: String) {
    var clock = LondonClock()
    #expect(clock.time(ArraySlice(text.utf8)) == nil)
  }
}
