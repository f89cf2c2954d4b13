import JSON
import Testing

@testable import OnlineRetail

@Suite struct `an import` {
  private func run(_ service: FakeService, _ history: SalesHistory) throws -> Figures {
    var importer = Importer(service: service, progress: ProgressLine(isSilent: true))
    importer.patience = 1
    return try importer.run(history)
  }

  @Test func `approves, denies what R4 forbids, waits for the payments and reads the totals`()
    throws
  {
    let service = FakeService()
    service.answers["approve-C3-1"] = FakeService.refusal(rule: "R4")
    service.unavailablePolls = 1
    service.unsettledPolls = 1
    let figures = try run(
      service,
      try history(row("1", "A", 6), row("2", "A", 6), row("C3", "A", -7), row("C4", "B", -1)))
    #expect(
      figures.json == """
        {"orders":2,"requests":2,"executed":7,"executedAmount":700,"denied":8,\
        "deniedAmount":800,"matched":1,"unmatched":1}
        """)
    #expect(
      service.requests.map { $0.compactMap { $0["id"]?.string } } == [
        [
          "tenant-online-retail", "begin-1-4", "agent-importer", "order-1", "order-2",
          "case-C3-2", "refund-C3-2", "approve-C3-2", "case-C3-1", "refund-C3-1", "approve-C3-1",
        ], ["deny-C3-1"], ["end-1-4"],
      ])
    #expect(service.requests[1][0]["data"]?["reason"]?.string == "outsideReturnWindow")
    // The end was the thirteenth command, and every command has one event.
    #expect(
      Set(service.reads) == [
        "/v1/refunds?tenant=online-retail&status=executed&limit=1&minPosition=12"
      ])
  }

  @Test func `counts the returns, where it is to send the items back`() throws {
    let service = FakeService()
    var importer = Importer(
      service: service, progress: ProgressLine(isSilent: true), asReturns: true)
    let figures = try importer.run(
      try history(row("1", "A", 6), row("2", "A", 6), row("C3", "A", -7)))
    #expect(
      figures.json == """
        {"orders":2,"requests":2,"executed":7,"executedAmount":700,"denied":8,\
        "deniedAmount":800,"matched":1,"unmatched":0,"returns":2}
        """)
  }

  @Test func `denies in the batch that follows`() throws {
    let service = FakeService()
    service.answers["approve-C2-1"] = FakeService.refusal(rule: "R4")
    let title = String(repeating: "X", count: CommandBatches.size)
    _ = try run(
      service,
      try history(
        row("1", "A", 6), row("C2", "A", -1), row("3", "B", 1, title: title), row("4", "B", 1)))
    #expect(
      service.requests.map { $0.compactMap { $0["id"]?.string } }.suffix(2)
        == [["deny-C2-1", "order-4"], ["end-1-4"]])
  }

  @Test(arguments: [
    ("order-1", FakeService.refusal(rule: "O1"), "the service refused order-1"),
    ("approve-C2-1", FakeService.refusal(rule: "R5"), "the service refused approve-C2-1"),
    ("refund-C2-1", FakeService.refusal(rule: "R4"), "the service refused refund-C2-1"),
    (
      "order-1", "{\"id\":null,\"outcome\":\"invalid\",\"problem\":{\"title\":\"Bad\"}}",
      "order-1: Bad"
    ),
    ("order-1", "{\"id\":\"x\",\"outcome\":\"accepted\",\"events\":[]}", "an outcome of x"),
    ("order-1", "{\"id\":\"order-1\",\"outcome\":\"lost\"}", "unexpected answer"),
    ("order-1", "nonsense", "unexpected answer"),
    ("order-1", "{\"id\":\"order-1\",\"outcome\":\"retry\",\"problem\":{}}", "refused order-1"),
    ("order-1", "", "outcomes of 6 commands"),
  ])
  func `stops at any other outcome`(id: String, answer: String, message: String) throws {
    let service = FakeService()
    service.answers[id] = answer
    let history = try history(row("1", "A", 6), row("C2", "A", -1))
    let error = #expect(throws: ImportError.self) { try run(service, history) }
    #expect("\(error!)".contains(message) || "\(error!)".contains("an outcome of"))
    #expect(service.requests.count == 1)
  }

  @Test func `gives up on payments that never end`() throws {
    let service = FakeService()
    service.unsettledPolls = .max
    let history = try history(row("1", "A", 6))
    #expect(throws: ImportError.unsettled(count: 1, seconds: 1)) { try run(service, history) }
    service.unavailablePolls = .max
    #expect(throws: ImportError.unsettled(count: nil, seconds: 1)) { try run(service, history) }
  }
}

/// Accepts everything but what it was told to answer otherwise.
private final class FakeService: RetailService {
  var answers: [String: String] = [:]
  var unavailablePolls = 0
  var unsettledPolls = 0
  private(set) var requests: [[JSONValue]] = []
  private(set) var reads: [String] = []
  private var position = 0

  static func refusal(rule: String) -> String {
    """
    {"id":"$","outcome":"rejected","problem":{"type":"/problems/outside-return-window",\
    "title":"Refused","status":422,"rule":"\(rule)","reason":"outsideReturnWindow","facts":{}}}
    """
  }

  func submit(_ commands: [UInt8]) throws(ImportError) -> [UInt8] {
    let lines = commands.split(separator: UInt8(ascii: "\n"))
    let request = lines.compactMap { try? JSONValue(parsing: Array($0)) }
    requests.append(request)
    var answer = ""
    for id in request.compactMap({ $0["id"]?.string }) {
      let accepted =
        "{\"id\":\"\(id)\",\"outcome\":\"accepted\",\"events\":[{\"position\":\(position)}]}"
      answer += answers[id]?.replacing("$", with: id) ?? accepted
      answer += "\n"
      position += 1
    }
    return Array(answer.utf8)
  }

  func get(_ target: String) throws(ImportError) -> [UInt8]? {
    reads.append(target)
    if reads.count <= unavailablePolls { return nil }
    let unsettled = reads.count - unavailablePolls <= unsettledPolls ? 1 : 0
    return Array(
      """
      {"refunds":[],"totals":[{"status":"executed","currency":"GBP","count":7,"amount":700},\
      {"status":"denied","currency":"GBP","count":8,"amount":800},\
      {"status":"processing","currency":"GBP","count":\(unsettled),"amount":\(unsettled)}]}
      """.utf8)
  }
}
