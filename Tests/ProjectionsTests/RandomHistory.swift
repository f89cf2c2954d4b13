// A history of two shops that do what a seed says: orders, cases, refunds, returns, holds, refusals
// and erasures. Each order was paid by two payments, the second of which some refunds cannot go
// back by. Its commits can be written down again, as a log of their own.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Foundation
import Gateways
import PersonalData
import RunningRedress
import SeededRandom
import Testing
import Threading

struct RandomHistory {
  static let tenants = ["acme", "zeta"]

  let redress: RunningRedress
  private var random: SplitMix64
  private var commandCount = 0

  /// - Parameter commandCount: how many commands are tried; some are refused, which is recorded.
  init(seed: UInt64, commandCount: Int = 150) async throws {
    redress = try RunningRedress(behaviour: {
      $0.paymentID.hasSuffix("-q") && ["r1", "r3", "r5"].contains($0.refundID) ? .decline : .pay
    })
    random = SplitMix64(seed: seed)
    redress.start()
    for tenant in Self.tenants { try await open(tenant) }
    for number in 0..<commandCount {
      if number == commandCount / 2 {
        try await submit(
          "EraseSubject", #"{"subjectId":"gone","reason":"Asked for"}"#, "acme", "agent/lee")
      }
      try await step()
    }
    _ = try await redress.finishPaying()
    redress.stop()
  }

  private mutating func open(_ tenant: String) async throws {
    try await submit(
      "RegisterTenant",
      #"{"name":"A","currency":"GBP","timeZone":"Europe/London","agentApprovalLimit":100000}"#,
      tenant)
    try await submit("AddAgent", #"{"agentId":"kim","role":"agent"}"#, tenant)
    try await submit("AddAgent", #"{"agentId":"lee","role":"admin"}"#, tenant)
    try await submit(
      "DefinePolicy",
      #"{"policyId":"p","name":"P","rules":[],"active":true,"#
        + #""defaultAction":{"eligible":true}}"#, tenant, "agent/lee")
    try await submit(
      "RegisterCustomer", #"{"customerId":"gone","email":"gone@example.com"}"#, tenant)
  }

  private mutating func step() async throws {
    let (type, data, actor) = command()
    try await submit(type, data, random.pick(Self.tenants), actor)
  }

  private mutating func submit(
    _ type: String, _ data: String, _ tenant: String, _ actor: String = "service/shop"
  ) async throws {
    commandCount += 1
    _ = try await redress.submit("c\(commandCount)", type, data, actor: actor, tenant: tenant)
  }

  private mutating func id(_ prefix: String) -> String {
    "\(prefix)\(Int.random(in: 1...6, using: &random))"
  }

  private mutating func command() -> (type: String, data: String, actor: String) {
    let (order, item) = (id("o"), id("r"))
    let robin = "customer/robin"
    let line = #""lines":[{"lineId":"1","quantity":1,"reason":{"code":"size"}}]"#
    switch Int.random(in: 0..<14, using: &random) {
    case 0: return ("RecordOrder", Self.order(order), "service/shop")
    case 1, 2:
      return (
        "OpenCase",
        #"{"caseId":"k\#(order)","customerId":"robin","orderId":"\#(order)","title":"T","#
          + #""type":"product"}"#, robin
      )
    case 3, 4, 5:
      return (
        "RequestRefund",
        #"{"refundId":"\#(item)","caseId":"k\#(order)","orderId":"\#(order)","reason":"x","#
          + #""items":[{"lineId":"1","quantity":1}]}"#, robin
      )
    case 6, 7: return ("ApproveRefund", #"{"refundId":"\#(item)"}"#, "agent/kim")
    case 8: return ("DenyRefund", #"{"refundId":"\#(item)","reason":"Worn"}"#, "agent/kim")
    case 9: return ("CancelRefund", #"{"refundId":"\#(item)"}"#, robin)
    case 10:
      return (
        "RequestReturn",
        #"{"returnId":"\#(item)","caseId":"k\#(order)","orderId":"\#(order)",\#(line)}"#, robin
      )
    case 11: return ("ApproveReturn", #"{"returnId":"\#(item)"}"#, "agent/kim")
    case 12:
      return (
        "RegisterCustomer", #"{"customerId":"\#(item)","email":"\#(item)@example.com"}"#,
        "service/shop"
      )
    default:
      return ("EraseSubject", #"{"subjectId":"\#(item)","reason":"Asked for"}"#, "agent/lee")
    }
  }

  private static func order(_ id: String) -> String {
    #"""
    {"orderId":"\#(id)","customerId":"robin","source":"api","currency":"GBP",\#
    "placedAt":"2026-01-05T09:30:00Z","deliveredAt":"\#(Timestamp.now)",\#
    "lines":[{"lineId":"1","title":"Lantern","quantity":9,"unitPrice":1000}],\#
    "payments":[{"paymentId":"\#(id)-p","amount":1500,"capturedAt":"2026-01-05T09:30:00Z"},\#
    {"paymentId":"\#(id)-q","amount":7500,"capturedAt":"2026-01-05T09:30:00Z"}]}
    """#
  }

  /// Writes a log of the commits that `isIncluded` names.
  func writeLog(to folder: String, where isIncluded: (CommitView) -> Bool) throws {
    let (log, _) = try EventLog.open(
      folder: folder, describe: { _ in (StreamName("tenant"), CommandID(unchecked: "none")) },
      onFailure: { Issue.record("\($0)") })
    defer { log.close() }
    let durable = Monitor(0)
    var count = 0
    try LogReader(folder: redress.logFolder).forEachCommit(upTo: nil) { view in
      guard isIncluded(view) else { return true }
      var headers: [EventHeader] = []
      try view.forEachLine { headers.append(try EventHeader(line: $0)) }
      let commit = Commit(
        tenant: view.tenant, commandID: headers[0].commandID, firstPosition: view.firstPosition,
        lines: Array(view.bytes), streams: headers.map(\.stream))
      try log.append(commit) { _ in durable.update { $0 += 1 } }
      count += 1
      return true
    }
    durable.wait(until: { $0 == count })
  }
}
