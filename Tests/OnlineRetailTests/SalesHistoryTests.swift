import EventSourcing
import Testing

@testable import OnlineRetail

@Suite struct `an order` {
  @Test func `lines are the rows that sell something, in file order`() throws {
    let history = try history(
      row("1", "A", 2, price: "1.00"), row("1", "B", 0), row("1", "C", -3),
      row("1", "D", 5, price: "0"),
      row("1", "E", 1, price: "0.001"), row("1", "A", 2, price: "1.00"))
    #expect(history.orders.count == 1)
    #expect(history.orders[0].lines.map(\.stockCode) == ["A", "E", "A"])
    #expect(history.orders[0].lines.map(\.unitPrice) == [100, 0, 100])
    #expect(history.orders[0].total == 400)
  }

  @Test func `an invoice that sells nothing is no order`() throws {
    let history = try history(
      row("1", "A", 0), row("A2", "A", 1), row("3", "A", -1), row("4", "A", 1, price: "0.0"))
    #expect(history.orders.isEmpty)
    #expect(history.matchedRows + history.unmatchedRows == 0)
  }

  @Test func `an order's time is that of its first line`() throws {
    let history = try history(
      row("1", "A", 0, at: "2010-12-01 08:00:00"), row("1", "B", 1, at: "2010-12-01 08:01:00"),
      row("1", "C", 1, at: "2010-12-01 08:02:00"))
    #expect(history.orders.map(\.time.description) == ["2010-12-01T08:01:00.000000Z"])
  }

  @Test func `an invoice's rows need not stand together`() throws {
    let history = try history(row("1", "A", 1), row("2", "B", 1), row("1", "C", 1))
    #expect(history.orders.map { $0.lines.map(\.stockCode) } == [["A", "C"], ["B"]])
    #expect(history.steps(with: []) == [.order(0), .order(1)])
  }
}

@Suite struct `matching a cancellation` {
  @Test func `takes units back from what the same customer bought of the same article`() throws {
    let history = try history(
      row("1", "A", 5), row("2", "B", 5), row("3", "A", 5, customer: "2.0"), row("C4", "A", -2))
    #expect(history.requests.map(summary) == ["C4 of 1: 2 of line 1"])
    #expect(history.requests[0].customer == "17850")
    #expect((history.matchedRows, history.unmatchedRows) == (1, 0))
  }

  @Test func `begins with the newest line and splits where it has too few`() throws {
    let history = try history(
      row("1", "A", 5), row("2", "A", 1), row("2", "B", 9), row("2", "A", 2), row("C3", "A", -4))
    #expect(
      history.requests.map(summary) == [
        "C3 of 2: 1 of line 1, 2 of line 3", "C3 of 1: 1 of line 1",
      ]
    )
    #expect(history.matchedRows == 1)
  }

  @Test func `leaves a row unmatched as a whole when too little is left`() throws {
    let history = try history(
      row("1", "A", 5), row("C2", "A", -3), row("C3", "A", -3), row("C4", "A", -2))
    #expect(
      history.requests.map(summary) == ["C2 of 1: 3 of line 1", "C4 of 1: 2 of line 1"])
    #expect((history.matchedRows, history.unmatchedRows) == (2, 1))
  }

  @Test func `finds nothing for nobody, for what comes later, and for no units`() throws {
    let history = try history(
      row("1", "A", 5, customer: ""), row("C2", "A", -1, customer: ""), row("C3", "A", -1),
      row("4", "A", 5), row("C5", "A", 0), row("C6", "A", 1))
    #expect(history.requests.isEmpty)
    #expect((history.matchedRows, history.unmatchedRows) == (0, 4))
  }

  @Test func `adds up what one invoice takes back of one line`() throws {
    let history = try history(
      row("1", "A", 5), row("1", "B", 5), row("C2", "A", -1), row("C2", "B", -2),
      row("C2", "A", -3), row("C2", "A", -2))
    #expect(history.requests.map(summary) == ["C2 of 1: 4 of line 1, 2 of line 2"])
    #expect((history.matchedRows, history.unmatchedRows) == (3, 1))
  }

  @Test func `happens when the invoice's first row says, after all it takes back`() throws {
    let history = try history(
      row("1", "A", 5), row("C2", "X", -1, at: "2010-12-02 09:00:00"), row("3", "B", 5),
      row("C2", "B", -1, at: "2010-12-02 09:01:00"), row("C2", "A", -1, at: "2010-12-02 09:01:00"))
    #expect(Set(history.requests.map(\.time.description)) == ["2010-12-02T09:00:00.000000Z"])
    #expect(history.steps(with: []) == [.order(0), .order(1), .request(0), .request(1)])
  }
}
