// A history that Redress decided, with something of everything that controls examine: paid, failed,
// denied, amended and cancelled refunds, returns, a chargeback, store credit, a legal hold, an
// erasure and targets with a calendar. All of it happens at one time, and nothing is imported.

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
      behaviour: { $0.refundID == "declined" ? .decline : .pay })
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

  private static func order(_ id: String) -> String {
    #"""
    {"orderId":"\#(id)","customerId":"robin","source":"api","currency":"GBP",\#
    "placedAt":"2026-01-05T09:30:00Z","deliveredAt":"2026-01-07T12:00:00Z",\#
    "lines":[{"lineId":"1","title":"Lantern","quantity":9,"unitPrice":1000}],\#
    "payments":[{"paymentId":"\#(id)-p","amount":9000,"capturedAt":"2026-01-05T09:30:00Z"}]}
    """#
  }

  private static func refund(_ id: String, _ rest: String = "") -> String {
    #"""
    {"refundId":"\#(id)","caseId":"k1","orderId":"o1","reason":"broken",\#
    "items":[{"lineId":"1","quantity":1}]\#(rest)}
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
      ("PlaceLegalHold", lee, #"{"caseId":"k3","reason":"Lawsuit"}"#),
      ("ReleaseLegalHold", lee, #"{"caseId":"k3","reason":"Settled"}"#),
      ("EraseSubject", lee, #"{"subjectId":"gone","reason":"Asked for"}"#),
    ]
    + bareCommands

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
