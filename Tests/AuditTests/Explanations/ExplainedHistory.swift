// A history to be explained: an order that cost less than its parts, a case with targets over a
// night, a return under a policy with rules, one that a policy approved with its refund, and a
// refused command.

import Audit
import EventSourcing
import Events
import RunningRedress

/// Recorded commits as an explanation reads them.
struct StreamsInMemory: RecordedStreams {
  var commits: [[RecordedEvent]]

  func events(of subjects: Set<Subject>) -> [Subject: [RecordedEvent]] {
    Dictionary(grouping: commits.flatMap(\.self).filter { subjects.contains($0.event.subject) }) {
      $0.event.subject
    }
  }

  func commit(at position: Position) -> [RecordedEvent] {
    commits.first { $0.contains { $0.position == position } } ?? []
  }
}

enum ExplainedHistory {
  /// The same one for all tests.
  static let shared = Task { try await record() }

  private static func record() async throws -> StreamsInMemory {
    let redress = try RunningRedress(now: Timestamp("2026-01-16T12:00:00Z"))
    defer { redress.removeFolder() }
    redress.start(isPaying: false)
    for (number, command) in commands.enumerated() {
      let (type, actor, time, data) = command
      _ = try await redress.submit("c\(number)", type, data, actor: actor, at: time)
    }
    redress.stop()
    return StreamsInMemory(commits: try HonestHistory.commits(in: redress.logFolder))
  }

  private static let (shop, kim, lee) = ("service/shop", "agent/kim", "agent/lee")
  private static let robin = "customer/robin"
  private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]

  private static func target(_ severity: String) -> String {
    #"{"severity":"\#(severity)","firstResponseMinutes":60,"resolutionMinutes":240}"#
  }

  private typealias Command = (type: String, actor: String, time: String?, data: String)
  private static let commands = opening + approvedByPolicy + [refused]

  private static let opening: [Command] = [
    ("RegisterTenant", shop, nil, #"{"name":"Acme","currency":"GBP","timeZone":"Europe/London"}"#),
    ("AddAgent", shop, nil, #"{"agentId":"kim","role":"agent"}"#),
    ("AddAgent", shop, nil, #"{"agentId":"lee","role":"admin"}"#),
    (
      "DefinePolicy", lee, nil,
      #"""
      {"policyId":"standard","name":"Standard","active":true,"rules":[\#
      {"ruleId":"late","action":{"eligible":false},\#
      "conditions":[{"fact":"days_since_delivery","operator":"gt","numbers":[30]}]},\#
      {"ruleId":"lamps","action":{"eligible":false},\#
      "conditions":[{"fact":"product_type","operator":"eq","texts":["lamp"]}]},\#
      {"ruleId":"faulty","action":{"eligible":true},\#
      "conditions":[{"fact":"reason_code","operator":"in","texts":["defective"]}]},\#
      {"ruleId":"size","action":{"eligible":true},\#
      "conditions":[{"fact":"reason_code","operator":"in","texts":["size"]}]}],\#
      "defaultAction":{"eligible":true,"restockingFee":1000}}
      """#
    ),
    (
      "DefineSlaCalendar", lee, nil,
      #"{"calendarId":"office","timeZone":"UTC","hours":["#
        + weekdays.map { #"{"weekday":"\#($0)","from":"09:00","to":"17:00"}"# }
        .joined(separator: ",") + "]}"
    ),
    (
      "SetSlaTargets", lee, nil,
      #"{"calendarId":"office","targets":["#
        + ["low", "normal", "high", "urgent"].map(target).joined(separator: ",") + "]}"
    ),
    ("RegisterCustomer", shop, nil, #"{"customerId":"robin","email":"robin@example.com"}"#),
    ("BeginImport", lee, nil, "{}"),
    (
      "RecordOrder", shop, nil,
      #"""
      {"orderId":"o1","customerId":"robin","customerEmail":"robin@example.com","source":"api",\#
      "currency":"GBP","placedAt":"2026-01-05T09:30:00Z","deliveredAt":"2026-01-07T12:00:00Z",\#
      "total":2500,"shipping":300,"lines":[\#
      {"lineId":"a","title":"Lantern","quantity":2,"unitPrice":1000,"discount":100},\#
      {"lineId":"b","title":"Wick","quantity":1,"unitPrice":500}],\#
      "payments":[{"paymentId":"p1","amount":2500,"capturedAt":"2026-01-05T09:30:00Z"}]}
      """#
    ),
    (
      "OpenCase", robin, "2026-01-12T16:30:00Z",
      #"{"caseId":"k","customerId":"robin","orderId":"o1","title":"Broken","type":"product"}"#
    ),
    (
      "PostMessage", kim, "2026-01-13T09:20:00Z",
      #"{"caseId":"k","customerId":"robin","authorRole":"agent","body":"A secret word"}"#
    ),
    (
      "RequestReturn", robin, "2026-01-13T10:00:00Z",
      #"{"returnId":"back","caseId":"k","orderId":"o1","#
        + #""lines":[{"lineId":"a","quantity":1,"reason":{"code":"defective"}}]}"#
    ),
    (
      "RequestRefund", kim, "2026-01-13T11:00:00Z",
      #"{"refundId":"r","caseId":"k","orderId":"o1","reason":"broken","#
        + #""items":[{"lineId":"b","quantity":1}]}"#
    ),
  ]

  private static let refused: Command = (
    "RequestRefund", kim, "2026-01-13T11:30:00Z",
    #"{"refundId":"more","caseId":"k","orderId":"o1","reason":"broken","#
      + #""items":[{"lineId":"b","quantity":1}]}"#
  )
  /// The policy approves the return `kept` without a person, and its refund within its limit.
  private static let approvedByPolicy: [Command] = [
    ("ChangeTenantSettings", lee, nil, #"{"autoApproveLimit":1000}"#),
    (
      "DefinePolicy", lee, nil,
      #"""
      {"policyId":"kind","name":"Kind","active":true,"rules":[\#
      {"ruleId":"big","action":{"eligible":true},\#
      "conditions":[{"fact":"reason_code","operator":"in","texts":["size"]},\#
      {"fact":"amount","operator":"gt","numbers":[1000]},\#
      {"fact":"sku","operator":"eq","texts":["x"]}]},\#
      {"ruleId":"small","action":{"eligible":true,"autoApprove":true,"returnMethod":"keep_item"},\#
      "conditions":[{"fact":"amount","operator":"lte","numbers":[1000]},\#
      {"fact":"reason_code","operator":"in","texts":["size"]}]}],\#
      "defaultAction":{"eligible":true}}
      """#
    ),
    (
      "RecordOrder", shop, nil,
      #"""
      {"orderId":"o2","customerId":"robin","customerEmail":"robin@example.com","source":"api",\#
      "currency":"GBP","placedAt":"2026-01-05T09:30:00Z","deliveredAt":"2026-01-07T12:00:00Z",\#
      "lines":[{"lineId":"a","title":"Shade","quantity":1,"unitPrice":800}],\#
      "payments":[{"paymentId":"p2","amount":800,"capturedAt":"2026-01-05T09:30:00Z"}]}
      """#
    ),
    (
      "OpenCase", robin, "2026-01-13T11:10:00Z",
      #"{"caseId":"k2","customerId":"robin","orderId":"o2","title":"Small","type":"product"}"#
    ),
    (
      "RequestReturn", robin, "2026-01-13T11:11:00Z",
      #"{"returnId":"kept","caseId":"k2","orderId":"o2","#
        + #""lines":[{"lineId":"a","quantity":1,"reason":{"code":"size"}}]}"#
    ),
    ("ApproveReturn", shop, "2026-01-13T11:12:00Z", #"{"returnId":"kept"}"#),
    ("CompleteReturn", shop, "2026-01-13T11:13:00Z", #"{"returnId":"kept"}"#),
    (
      "RequestRefund", shop, "2026-01-13T11:14:00Z",
      #"{"refundId":"paid","caseId":"k2","orderId":"o2","returnId":"kept","reason":"size","#
        + #""items":[{"lineId":"a","quantity":1}]}"#
    ),
    ("ApproveRefund", shop, "2026-01-13T11:15:00Z", #"{"refundId":"paid"}"#),
  ]
}
