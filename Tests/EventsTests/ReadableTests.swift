// Whether an event could be read again is told before it is written; the decoder has to agree.

import EventSourcing
import Events
import JSON
import Testing

/// A change to one value that takes it out of what its schema allows, by the key that must be told.
private struct Excess: Sendable, CustomTestStringConvertible {
  var key: String
  var event: Event

  var testDescription: String { "\(event.type) \(key)" }

  init(_ key: String, _ event: Event) { (self.key, self.event) = (key, event) }

  static func approved(_ key: String, _ change: (inout RefundApproved) -> Void) -> Excess {
    var event = RefundApproved(
      refundID: RefundID(unchecked: "srf_8Q2"), approvedAmount: 1999,
      currency: CurrencyCode(unchecked: "GBP"), approvedBy: Actor(.agent, "usr_17"),
      facts: ApprovalFacts(
        today: CalendarDate(daysSince1970: 20_469),
        deliveryDate: CalendarDate(daysSince1970: 20_459), returnWindowDays: 14,
        lastDay: CalendarDate(daysSince1970: 20_473), timeZone: "Europe/London"))
    change(&event)
    return Excess(key, .refundApproved(event))
  }

  static func reserved(_ key: String, parts: [PaymentPart]) -> Excess {
    Excess(
      key,
      .orderReservationReduced(
        OrderReservationReduced(
          orderID: OrderID(unchecked: "o1"), refundID: RefundID(unchecked: "r1"), amount: 1,
          payments: parts)))
  }

  static func registered(_ key: String, email: String) -> Excess {
    Excess(
      key,
      .customerRegistered(
        CustomerRegistered(customerID: CustomerID(unchecked: "robin"), email: email)))
  }

  static let part = PaymentPart(paymentID: PaymentID(unchecked: "p1"), amount: 1)

  static let all = [
    approved("refundId") { $0.refundID = RefundID(unchecked: "") },
    approved("refundId") { $0.refundID = RefundID(unchecked: String(repeating: "a", count: 65)) },
    approved("refundId") { $0.refundID = RefundID(unchecked: "a b") },
    approved("approvedAmount") { $0.approvedAmount = -1 },
    approved("approvedAmount") { $0.approvedAmount = 9_007_199_254_740_992 },
    approved("currency") { $0.currency = CurrencyCode(unchecked: "GBPP") },
    approved("facts.today") { $0.facts.today = CalendarDate(daysSince1970: -719_163) },
    approved("facts.lastDay") { $0.facts.lastDay = CalendarDate(daysSince1970: 2_932_897) },
    approved("facts.returnWindowDays") { $0.facts.returnWindowDays = -1 },
    approved("facts.timeZone") { $0.facts.timeZone = "" },
    approved("facts.timeZone") { $0.facts.timeZone = String(repeating: "é", count: 65) },
    approved("facts.approverLimit") { $0.facts.approverLimit = -1 },
    reserved("payments", parts: Array(repeating: part, count: 1001)),
    reserved("payments.amount", parts: [part, PaymentPart(paymentID: part.paymentID, amount: -1)]),
    registered("email", email: ""),
    registered("email", email: String(repeating: "é", count: 501)),
    registered("email", email: "enc:v1:" + String(repeating: "a", count: 2800)),
  ]
}

struct `What could not be read again` {
  @Test(arguments: Excess.all)
  private func `is told by its key before it is written`(excess: Excess) {
    #expect(excess.event.unreadableKey == excess.key)
    let record = RecordedEvent.sample(excess.event)
    #expect(record.unreadableKey != nil)
    #expect(throws: JSONError.self) { try RecordedEvent(line: record.line) }
  }

  @Test(arguments: SchemaFile.events)
  func `is nothing that was read`(schema: SchemaFile) throws {
    for example in schema.examples {
      let limits = Damage.limits(of: example, schema: schema.schema, at: [])
      let variants = limits.map { example.replacing($0.place[...], by: $0.value) }
      for data in [example] + variants {
        let record = try RecordedEvent(line: schema.text(data.json))
        #expect(record.unreadableKey == nil, "\(data)")
      }
    }
  }

  @Test func `is an envelope's name, time or correlation out of its limits`() throws {
    let sample = RecordedEvent.sample(Excess.registered("", email: "robin@example.com").event)
    #expect(sample.unreadableKey == nil)
    func key(_ change: (inout RecordedEvent) -> Void) -> String? {
      var record = sample
      change(&record)
      return record.unreadableKey
    }
    #expect(key { $0.tenant = TenantID(unchecked: "a/b") } == "source")
    #expect(key { $0.stream = StreamName("") } == "subject")
    #expect(key { $0.stream = StreamName("a b") } == "subject")
    #expect(key { $0.stream = StreamName(String(repeating: "a", count: 257)) } == "subject")
    #expect(key { $0.time = Timestamp(microseconds: .max) } == "time")
    #expect(key { $0.recordedTime = Timestamp(microseconds: .min) } == "recordedtime")
    #expect(key { $0.commandID = CommandID(unchecked: "") } == "commandid")
    #expect(key { $0.principal = PrincipalName(unchecked: "a b") } == "principal")
    #expect(key { $0.correlation = "" } == "correlationid")
    #expect(key { $0.correlation = String(repeating: "é", count: 257) } == "correlationid")
    #expect(key { $0.correlation = String(repeating: "é", count: 256) } == nil)
  }
}
