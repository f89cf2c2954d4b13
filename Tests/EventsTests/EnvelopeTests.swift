import EventSourcing
import Events
import JSON
import Testing

private let approved = Event.refundApproved(
  RefundApproved(
    refundID: RefundID(unchecked: "srf_8Q2"), approvedAmount: 1999,
    currency: CurrencyCode(unchecked: "GBP"), approvedBy: Actor(.agent, "usr_17"),
    facts: ApprovalFacts(
      today: CalendarDate(daysSince1970: 20_469), deliveryDate: CalendarDate(daysSince1970: 20_459),
      returnWindowDays: 14, lastDay: CalendarDate(daysSince1970: 20_473),
      timeZone: "Europe/London")))

private let line =
  #"{"specversion":"1.0","id":"41","source":"/tenants/acme","type":"RefundApproved","#
  + #""dataschema":"urn:redress:event:RefundApproved:2","subject":"refund/srf_8Q2","#
  + #""time":"2026-01-16T10:00:00.123456Z","recordedtime":"2026-01-16T10:00:00.124001Z","#
  + #""revision":1,"commandid":"cmd_1","commandhash":"000102030405060708090a0b0c0d0e0f","#
  + #""actor":"agent/usr_17","peeruid":1000,"causationid":"40","correlationid":"sca_9","#
  + #""data":{"refundId":"srf_8Q2","approvedAmount":1999,"currency":"GBP","#
  + #""approvedBy":"agent/usr_17","facts":{"today":"2026-01-16","deliveryDate":"2026-01-06","#
  + #""returnWindowDays":14,"lastDay":"2026-01-20","timeZone":"Europe/London"}}}"#

private func refusal(of text: String) -> JSONError? {
  do throws(JSONError) {
    _ = try RecordedEvent(line: Array(text.utf8))
    return nil
  } catch {
    return error
  }
}

struct `A recorded event` {
  @Test func `is one line of canonical JSON`() throws {
    #expect(String(decoding: RecordedEvent.sample(approved).line, as: UTF8.self) == line)
    #expect(try RecordedEvent(line: Array(line.utf8)) == .sample(approved))
  }

  @Test func `may be without cause and correlation`() throws {
    var event = RecordedEvent.sample(approved)
    event.causation = nil
    event.correlation = nil
    #expect(try RecordedEvent(line: event.line) == event)
    event.correlation = "naïve \"correlation\"\n"
    #expect(try RecordedEvent(line: event.line) == event)
  }

  @Test func `may name the principal of its command, beside the peer's uid`() throws {
    var event = RecordedEvent.sample(approved)
    event.principal = PrincipalName(unchecked: "shop-1")
    let text = String(decoding: event.line, as: UTF8.self)
    #expect(
      text
        == line.replacing(#""peeruid":1000"#, with: #""peeruid":1000,"principal":"shop-1""#))
    #expect(try RecordedEvent(line: event.line) == event)
    #expect(try RecordedEvent.isCanonical(line: text.utf8.span))
    for (other, path) in [
      (#""principal":"""#, "$.principal"), (#""principal":"a b""#, "$.principal"),
      (#""principal":null"#, "$.data"), (#""principal": "shop-1""#, "$.data"),
      (#""principal":"shop-1","principal":"shop-1""#, "$.data"),
    ] {
      let changed = text.replacing(#""principal":"shop-1""#, with: other)
      #expect(refusal(of: changed)?.path == path, "\(other)")
    }
  }

  @Test func `may carry the trace of its request, as the last attribute`() throws {
    var event = RecordedEvent.sample(approved)
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    event.trace = TraceParent(canonical: trace.utf8)
    let text = String(decoding: event.line, as: UTF8.self)
    let attribute = #","traceparent":"\#(trace)""#
    #expect(text == line.replacing(#","data":"#, with: attribute + #","data":"#))
    #expect(try RecordedEvent(line: event.line) == event)
    #expect(try RecordedEvent.isCanonical(line: text.utf8.span))
    for other in [
      trace.replacing("00-4b", with: "01-4b"), trace.uppercased(), String(trace.dropLast()),
      trace + "-x", "",
    ] {
      #expect(refusal(of: text.replacing(trace, with: other)) != nil, "\(other)")
    }
    #expect(refusal(of: text.replacing(attribute, with: attribute + attribute))?.path == "$.data")
  }

  @Test func `belongs to the stream of its schema`() {
    #expect(approved.stream == StreamName("refund/srf_8Q2"))
    let tenant = TenantSuspended(reason: "unpaid")
    #expect(Event.tenantSuspended(tenant).stream == StreamName("tenant"))
  }

  @Test(arguments: [
    (#""specversion":"1.0""#, #""specversion":"1.1""#, "$.id"),
    (#""id":"41""#, #""id":41"#, "$.id"),
    (#""id":"41""#, #""id":"041""#, "$.id"),
    (#""id":"41""#, #""id":"-1""#, "$.id"),
    (#""id":"41""#, #""id":"99999999999999999999""#, "$.id"),
    ("/tenants/acme", "/tenants/", "$.source"),
    ("/tenants/acme", "/tenants/a me", "$.type"),
    (#""type":"RefundApproved""#, #""type":"RefundDenied""#, "$.dataschema"),
    ("RefundApproved:2", "RefundApproved:3", "$.type"),
    ("RefundApproved", "RefundPraised", "$.type"),
    (#""subject":"refund/srf_8Q2""#, #""subject":"""#, "$.subject"),
    ("2026-01-16T10:00:00.123456Z", "2026-01-16T10:00:00Z", "$.time"),
    ("2026-01-16T10:00:00.124001Z", "2026-02-30T10:00:00.124001Z", "$.recordedtime"),
    (#""revision":1"#, #""revision":-1"#, "$.revision"),
    (#""revision":1"#, #""revision": 1"#, "$.revision"),
    (#""commandhash":"#, #""commandhash": "#, "$.commandhash"),
    (#""actor":"#, "\"actor\":\n", "$.actor"), (#""peeruid":"#, #""peeruid": "#, "$.peeruid"),
    (#""correlationid":"#, #""correlationid": "#, "$.correlationid"),
    ("sca_9", #"sca\u005f9"#, "$.correlationid"), ("0a0b0c0d0e0f", "0a0b0c0d0e0", "$.commandhash"),
    (#""agent/usr_17","peer"#, #""agent\/usr_17","peer"#, "$.actor"),
    (#""data":"#, #""data": "#, "$.data"),
    ("0a0b0c0d0e0f", "0A0B0C0D0E0F", "$.commandhash"),
    ("agent/usr_17\",\"peer", "robot/usr_17\",\"peer", "$.actor"),
    (#""peeruid":1000"#, #""peeruid":4294967296"#, "$.peeruid"),
    (#""causationid":"40""#, #""causationid":"x""#, "$.causationid"),
    (#""correlationid":"sca_9""#, #""correlationid":"""#, "$.correlationid"),
    (#","data":{"#, #", "data":{"#, "$.data"),
    (#""approvedAmount":1999"#, #""approvedAmount":"1999""#, "$.data.approvedAmount"),
    (#""returnWindowDays":14"#, #""returnWindowDays":1.4"#, "$.data.facts.returnWindowDays"),
    ("London\"}}}", "London\"}} }", "$.data"), ("London\"}}}", "London\"}}}}", "$"),
    ("London\"}}}", "London\"}}}\n", "$"), ("London\"}}}", "London\"}}", "$.data"),
  ])
  func `that was tampered with is refused with its path`(old: String, new: String, path: String) {
    let text = line.replacing(old, with: new)
    #expect(text != line)
    #expect(refusal(of: text)?.path == path, "\(refusal(of: text) as Any)")
  }

  @Test func `is canonical only byte for byte`() throws {
    #expect(try RecordedEvent.isCanonical(line: line.utf8.span))
    for (old, new) in [
      (#""approvedAmount":1999,"currency":"GBP""#, #""currency":"GBP","approvedAmount":1999"#),
      (#""data":{"#, #""data":{ "#), ("Europe/", "Europe\\/"),
    ] {
      let text = line.replacing(old, with: new)
      #expect(try RecordedEvent(line: text.utf8.span) == .sample(approved))
      #expect(try !RecordedEvent.isCanonical(line: text.utf8.span), "\(new)")
    }
  }
}

struct `An event's header` {
  @Test func `says all but the data, which is read later`() throws {
    let header = try EventHeader(line: line.utf8.span)
    #expect(header.type == "RefundApproved" && header.version == 2)
    #expect(header.stream == StreamName("refund/srf_8Q2") && header.commandID.rawValue == "cmd_1")
    #expect(RecordedEvent(header, try header.event(in: line.utf8.span)) == .sample(approved))
    let data = Array(line.utf8)[header.data]
    #expect(data.first == UInt8(ascii: "{") && data.last == UInt8(ascii: "}"))
  }

  @Test func `can be read of a type that this build does not know`() throws {
    let text = line.replacing("RefundApproved", with: "RefundPraised")
    let header = try EventHeader(line: text.utf8.span)
    #expect(header.type == "RefundPraised")
    #expect(throws: JSONError.self) { try header.event(in: text.utf8.span) }
  }
}
