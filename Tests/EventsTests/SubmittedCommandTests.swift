import EventSourcing
import Events
import JSON
import Testing

private let members = [
  #""id":"cmd_1""#, #""tenant":"acme""#, #""type":"ApproveRefund""#,
  #""data":{"refundId":"srf_8Q2","approvedAmount":1999}"#, #""expectedRevision":3"#,
  #""occurredAt":"2026-01-16T10:00:00Z""#, #""actor":"agent/usr_17""#,
]

private func refusal(of text: String) -> JSONError? {
  do throws(JSONError) {
    _ = try SubmittedCommand(json: Array(text.utf8))
    return nil
  } catch {
    return error
  }
}

struct `A submitted command` {
  private let expected = SubmittedCommand(
    id: CommandID(unchecked: "cmd_1"), tenant: TenantID(unchecked: "acme"),
    command: .approveRefund(
      ApproveRefund(refundID: RefundID(unchecked: "srf_8Q2"), approvedAmount: 1999)),
    expectedRevision: Revision(3), occurredAt: Timestamp("2026-01-16T10:00:00Z"),
    actor: Actor(.agent, "usr_17"))

  @Test(arguments: 0..<7)
  func `reads the same in any order of its keys`(shift: Int) throws {
    for order in [members, members.reversed()] {
      let rotated = order[shift...] + order[..<shift]
      let text = "{ " + rotated.joined(separator: " , ") + " }\n"
      #expect(try SubmittedCommand(json: Array(text.utf8)) == expected)
    }
  }

  @Test func `is written in one order, and its content is all but the id`() {
    var bytes: [UInt8] = []
    expected.write(to: &bytes)
    let text = "{" + members.joined(separator: ",") + "}"
    let canonical = text.replacing("00:00Z", with: "00:00.000000Z")
    #expect(String(decoding: bytes, as: UTF8.self) == canonical)
    var content: [UInt8] = []
    expected.writeContent(to: &content)
    let rest = canonical.replacing(#""id":"cmd_1","#, with: "")
    #expect(String(decoding: content, as: UTF8.self) == rest)
  }

  @Test(arguments: ["2026-01-16T11:00:00+01:00", "2026-01-16T04:30:00.000-05:30"])
  func `has the same content whatever the offset of its time`(time: String) throws {
    let text = "{" + members.joined(separator: ",") + "}"
    let other = text.replacing("2026-01-16T10:00:00Z", with: time)
    #expect(try SubmittedCommand(json: Array(other.utf8)) == expected)
  }

  @Test func `names the stream that its revision is about`() {
    #expect(expected.command.target == StreamName("refund/srf_8Q2"))
    let opening = OpenCase(
      customerID: CustomerID(unchecked: "cus_5"), title: "Broken", type: .product)
    #expect(Command.openCase(opening).target == nil)
  }

  @Test(arguments: [
    (#""id":"cmd_1""#, #""id":"_cmd_1""#, "$.id", "names that begin with _ are reserved"),
    (#""id":"cmd_1""#, #""id":"cmd 1""#, "$.id", "an identifier, which matches"),
    (#""id":"cmd_1","#, "", "$.id", "required field id is missing"),
    (#""tenant":"acme""#, #""tenant":"""#, "$.tenant", "an identifier, which matches"),
    (#""tenant":"acme""#, #""tenant":"a","tenant":"a""#, "$.tenant", "occurs twice"),
    ("ApproveRefund", "AproveRefund", "$.type", "did you mean ApproveRefund or"),
    ("ApproveRefund", "Zzzzzzzzzzzzzz", "$.type", "there are: ActivatePolicy, AddAgent"),
    (#""expectedRevision":3"#, #""expectedRevision":null"#, "$.expectedRevision", "leave the"),
    (#""expectedRevision":3"#, #""expectedRevision":3.0"#, "$.expectedRevision", "a whole number"),
    (#""actor":"agent/usr_17""#, #""actor":"usr_17""#, "$.actor", "an actor such as"),
    (
      #""occurredAt":"2026"#, #""occurredAt":"26"#, "$.occurredAt",
      "a time with its offset, such as"
    ),
    (#""approvedAmount""#, #""aprovedAmount""#, "$.data.aprovedAmount", "refundId, approvedAmount"),
    (#""actor""#, #""author""#, "$.author", "unknown field"),
  ])
  func `that is wrong is refused with its path`(
    old: String, new: String, path: String, problem: String
  ) {
    for order in [members, members.reversed()] {
      let text = "{" + order.joined(separator: ",") + ",}"
      let whole = text.replacing(old, with: new)
        .replacing(",,", with: ",").replacing(",}", with: "}")
      let error = refusal(of: whole)
      #expect(error?.path == path && error?.problem.contains(problem) == true, "\(error as Any)")
    }
  }
}

struct `Personal data` {
  private let customer = CustomerRegistered(
    customerID: CustomerID(unchecked: "cus_5"), email: "ann@example.org", lastName: "O'Neil")

  @Test func `is listed with whose it is`() {
    #expect(CustomerRegistered.personalFields.map(\.key) == ["email", "firstName", "lastName"])
    #expect(CustomerRegistered.personalFields.allSatisfy { $0.subject == "customerId" })
    #expect(RefundApproved.personalFields.isEmpty)
  }

  @Test func `is replaced field by field`() {
    var event = Event.customerRegistered(customer)
    event.mapPersonal { text, field, subject in "enc:v1:\(subject):\(field.key):\(text.count)" }
    guard case .customer(.customerRegistered(let mapped)) = event else { return }
    #expect(mapped.email == "enc:v1:cus_5:email:15" && mapped.firstName == nil)
    #expect(mapped.lastName == "enc:v1:cus_5:lastName:6")
  }

  @Test func `may be longer once it is encrypted, but only in an event`() throws {
    var registered = customer
    registered.email = "enc:v1:cus_5:" + String(repeating: "A", count: 2600)
    let event = RecordedEvent.sample(.customerRegistered(registered))
    #expect(try RecordedEvent(line: event.line) == event)
    registered.email = String(repeating: "A", count: 501)
    #expect(throws: JSONError.self) {
      try RecordedEvent(line: RecordedEvent.sample(.customerRegistered(registered)).line)
    }
    for email in [#"enc:v1:cus_5:AAAA"#, #"\u0065nc:v1:cus_5:AAAA"#] {
      let error = refusal(
        of: #"{"id":"c","tenant":"acme","type":"RegisterCustomer","#
          + #""data":{"customerId":"cus_5","email":"\#(email)"}}"#)
      #expect(error?.path == "$.data.email" && error?.problem.contains("reserved") == true)
    }
  }
}
