// A history that Redress decided, with something of everything that controls examine: paid, failed,
// denied, amended and cancelled refunds, some that go back by two payments and one that came back,
// returns, a chargeback, store credit, a legal hold, an erasure and targets with a calendar. All of
// it happens at one time, and nothing is imported.

import EventLog
import EventSourcing
import Events
import Gateways
import RunningRedress
import Transparency

/// The commits of an honest history, with the keys that sign it.
struct HonestHistory: Sendable {
  var commits: [[RecordedEvent]]
  var keys: CheckpointKeys

  /// The same one for all tests.
  static let shared = Task { try await HonestHistory() }

  private init() async throws {
    let redress = try RunningRedress(
      now: Timestamp("2026-01-16T12:00:00Z"),
      behaviour: { Self.declined.contains($0.idempotencyKey) ? .decline : .pay })
    defer { redress.removeFolder() }
    redress.start()
    for (number, command) in Self.commands.enumerated() {
      let (type, actor, data) = command
      let answer = try await redress.submit("c\(number)", type, data, actor: actor)
      guard answer.isAccepted || Self.isBare(number) && answer.isRecorded else {
        throw Refused(command: "\(type) \(data)", answer: "\(answer)")
      }
    }
    guard try await redress.finishPaying() else { throw Refused(command: "payments", answer: "") }
    for (number, command) in Self.laterCommands.enumerated() {
      let (type, actor, data) = command
      let answer = try await redress.submit("l\(number)", type, data, actor: actor)
      guard answer.isAccepted else {
        throw Refused(command: "\(type) \(data)", answer: "\(answer)")
      }
    }
    redress.stop()
    keys = try KeyFolder(path: redress.folder + "/keys").open()
    commits = try Self.commits(in: redress.logFolder)
  }

  static func commits(in logFolder: String) throws -> [[RecordedEvent]] {
    var commits: [[RecordedEvent]] = []
    try LogReader(folder: logFolder).forEachCommit(upTo: nil) { commit in
      var events: [RecordedEvent] = []
      try commit.forEachLine { try events.append(RecordedEvent(line: $0)) }
      commits.append(events)
      return true
    }
    return commits
  }

  struct Refused: Error {
    var command: String
    var answer: String
  }

  /// - Parameter payments: by the last part of their names, what each paid; GBP 90.00 together.
  private static func order(
    _ id: String, paidBy payments: KeyValuePairs<String, Int> = ["p": 9000]
  ) -> String {
    let payments = payments.map {
      #"{"paymentId":"\#(id)-\#($0.key)","amount":\#($0.value),"#
        + #""capturedAt":"2026-01-05T09:30:00Z"}"#
    }.joined(separator: ",")
    return #"""
      {"orderId":"\#(id)","customerId":"robin","source":"api","currency":"GBP",\#
      "placedAt":"2026-01-05T09:30:00Z","deliveredAt":"2026-01-07T12:00:00Z",\#
      "lines":[{"lineId":"1","title":"Lantern","quantity":9,"unitPrice":1000}],\#
      "payments":[\#(payments)]}
      """#
  }

  private static func refund(
    _ id: String, units: Int = 1, in caseID: String = "k1", of order: String = "o1"
  ) -> String {
    #"""
    {"refundId":"\#(id)","caseId":"\#(caseID)","orderId":"\#(order)","reason":"broken",\#
    "items":[{"lineId":"1","quantity":\#(units)}]}
    """#
  }

  private static func `return`(_ id: String) -> String {
    #"""
    {"returnId":"\#(id)","caseId":"k2","orderId":"o2",\#
    "lines":[{"lineId":"1","quantity":1,"reason":{"code":"size"}}]}
    """#
  }

  private static let (shop, kim, lee) = ("service/shop", "agent/kim", "agent/lee")
  private static let robin = "customer/robin"

  private static let hours = ["monday", "friday"].map {
    #"{"weekday":"\#($0)","from":"09:00","to":"17:00"}"#
  }.joined(separator: ",")

  private static let targets = ["low", "normal", "high", "urgent"].map {
    #"{"severity":"\#($0)","firstResponseMinutes":60,"resolutionMinutes":480}"#
  }.joined(separator: ",")

  private static func message(_ id: String, _ role: String) -> String {
    #"{"messageId":"\#(id)","caseId":"k1","customerId":"robin","#
      + #""authorRole":"\#(role)","body":"So"}"#
  }

  private static let commands: [(type: String, actor: String, data: String)] =
    [
      ("RegisterTenant", shop, #"{"name":"Acme","currency":"GBP","timeZone":"Europe/London"}"#),
      ("AddAgent", shop, #"{"agentId":"kim","role":"agent"}"#),
      ("AddAgent", shop, #"{"agentId":"ada","role":"auditor"}"#),
      ("AddAgent", shop, #"{"agentId":"lee","role":"admin"}"#),
      (
        "DefinePolicy", lee,
        #"{"policyId":"p","name":"P","rules":[],"active":true,"#
          + #""defaultAction":{"eligible":true,"restockingFee":1000}}"#
      ),
      ("RegisterCustomer", shop, #"{"customerId":"robin","email":"robin@example.com"}"#),
      ("RegisterCustomer", shop, #"{"customerId":"gone","email":"gone@example.com"}"#),
      ("OpenCase", kim, #"{"caseId":"k3","customerId":"gone","title":"Mail","type":"product"}"#),
      ("DefineSlaCalendar", lee, #"{"calendarId":"week","hours":[\#(hours)]}"#),
      ("SetSlaTargets", lee, #"{"calendarId":"week","targets":[\#(targets)]}"#),
      ("RecordOrder", shop, order("o1")), ("RecordOrder", shop, order("o2")),
      (
        "OpenCase", robin,
        #"{"caseId":"k1","customerId":"robin","orderId":"o1","title":"Broken","type":"product"}"#
      ),
      (
        "OpenCase", kim,
        #"{"caseId":"k2","customerId":"robin","orderId":"o2","title":"Size","type":"product"}"#
      ),
      ("PostMessage", kim, message("m1", "agent")),
      ("ChangeCaseStatus", kim, #"{"caseId":"k1","status":"awaiting_customer"}"#),
      ("PostMessage", robin, message("m2", "buyer")),
      ("RequestRefund", robin, refund("paid")), ("ApproveRefund", kim, #"{"refundId":"paid"}"#),
      ("RequestRefund", kim, refund("declined")),
      ("ApproveRefund", kim, #"{"refundId":"declined","approvedAmount":900}"#),
      ("RequestRefund", robin, refund("denied")),
      ("DenyRefund", kim, #"{"refundId":"denied","reason":"Worn"}"#),
      ("RequestRefund", robin, refund("amended")),
      ("AmendRefund", kim, #"{"refundId":"amended","items":[{"lineId":"1","quantity":2}]}"#),
      ("CancelRefund", robin, #"{"refundId":"amended"}"#),
      (
        "OpenChargeback", lee,
        #"{"caseId":"k1","chargebackId":"b","orderId":"o1","paymentId":"o1-p","amount":500,"#
          + #""reason":"fraud"}"#
      ),
      (
        "RecordChargebackOutcome", lee,
        #"{"caseId":"k1","chargebackId":"b","outcome":"lost"}"#
      ),
      (
        "GrantStoreCredit", kim,
        #"{"caseId":"k1","orderId":"o1","amount":100,"reason":"The wait"}"#
      ),
      ("RequestReturn", robin, `return`("sent")), ("ApproveReturn", kim, #"{"returnId":"sent"}"#),
      (
        "RecordReturnReception", kim,
        #"{"returnId":"sent","lines":[{"lineId":"1","reception":"received"}]}"#
      ),
      (
        "InspectReturn", kim,
        #"{"returnId":"sent","lines":[{"lineId":"1","acceptance":"accepted"}]}"#
      ),
      ("CompleteReturn", kim, #"{"returnId":"sent"}"#),
      (
        "RequestRefund", kim,
        #"{"refundId":"ofReturn","caseId":"k2","orderId":"o2","returnId":"sent","reason":"size","#
          + #""items":[{"lineId":"1","quantity":1}]}"#
      ),
      ("ApproveRefund", lee, #"{"refundId":"ofReturn"}"#),
      ("RequestReturn", robin, `return`("awaited")),
      ("ApproveReturn", kim, #"{"returnId":"awaited"}"#),
      ("RecordOrder", shop, order("o3", paidBy: ["p": 1500, "q": 1700, "r": 5800])),
      (
        "OpenCase", robin,
        #"{"caseId":"k4","customerId":"robin","orderId":"o3","title":"Dents","type":"product"}"#
      ),
      // By payments p and q, of which q is declined; by q and r, which both are; and by r.
      ("RequestRefund", robin, refund("split", units: 2, in: "k4", of: "o3")),
      ("RequestRefund", robin, refund("halves", units: 2, in: "k4", of: "o3")),
      ("RequestRefund", robin, refund("back", in: "k4", of: "o3")),
      ("ApproveRefund", kim, #"{"refundId":"split"}"#),
      ("ApproveRefund", kim, #"{"refundId":"halves"}"#),
      ("ApproveRefund", kim, #"{"refundId":"back"}"#),
      ("PlaceLegalHold", lee, #"{"caseId":"k3","reason":"Lawsuit"}"#),
      ("ReleaseLegalHold", lee, #"{"caseId":"k3","reason":"Settled"}"#),
      ("EraseSubject", lee, #"{"subjectId":"gone","reason":"Asked for"}"#),
    ]
    + bareCommands

  /// What the payment provider declines.
  private static let declined: Set<String> = [
    "declined.o1-p.1", "split.o3-q.1", "halves.o3-q.1", "halves.o3-r.1",
  ]

  /// What happens once the provider has paid or declined everything.
  private static let laterCommands: [(type: String, actor: String, data: String)] = [
    (
      "RecordRefundReturned", "system/refund-execution",
      #"{"refundId":"back","paymentId":"o3-r","attempt":1,"reason":"The account was closed"}"#
    ),
    ("CancelRefund", kim, #"{"refundId":"split","reason":"Given as store credit"}"#),
  ]

  /// Commands that a rule refuses, or that change nothing.
  private static let bareCommands: [(type: String, actor: String, data: String)] = [
    ("ApproveRefund", kim, #"{"refundId":"denied"}"#),
    ("ExecuteRefund", kim, #"{"refundId":"paid"}"#),
    ("ApproveReturn", robin, #"{"returnId":"awaited"}"#),
    ("CompleteReturn", kim, #"{"returnId":"awaited"}"#),
    ("CloseCase", kim, #"{"caseId":"k2"}"#),
    ("ResolveCase", kim, #"{"caseId":"k2","resolution":"denied"}"#),
    ("ChangeCaseSeverity", kim, #"{"caseId":"k2","severity":"normal"}"#),
    ("ReleaseLegalHold", lee, #"{"caseId":"k2","reason":"Over"}"#),
    ("ReinstateTenant", lee, "{}"), ("EndImport", kim, "{}"),
    ("RegisterCustomer", shop, #"{"customerId":"robin","email":"robin@example.com"}"#),
  ]

  /// The stream of such a command's outcome.
  static func outcome(_ index: Int) -> String {
    "command/c\(commands.count - bareCommands.count + index)"
  }

  private static func isBare(_ number: Int) -> Bool {
    number >= commands.count - bareCommands.count
  }
}
