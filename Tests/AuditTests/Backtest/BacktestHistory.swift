// Small histories of a shop that Redress decided on 16 January 2026, to be back-tested. Orders were
// delivered on a day that the test names, and have nine units for GBP 10.00 each.

import Audit
import EventSourcing
import Events
import Foundation
import RunningRedress
import Testing

final class BacktestHistory {
  let redress: RunningRedress
  private var commandCount = 0

  /// - Parameters:
  ///   - settings: of the tenant, such as `,"fourEyes":true`.
  ///   - rulesVersion: by which the tenant's commands are decided; today's if `nil`.
  init(settings: String = "", rulesVersion: Int? = nil) async throws {
    redress = try RunningRedress(
      now: Timestamp("2026-01-16T12:00:00Z"), rulesVersion: rulesVersion)
    redress.start(isPaying: false)
    try await accept(
      "RegisterTenant", #"{"name":"Acme","currency":"GBP","timeZone":"Europe/London"\#(settings)}"#)
    for (agent, role) in [("kim", "agent"), ("lee", "admin")] {
      try await accept("AddAgent", #"{"agentId":"\#(agent)","role":"\#(role)"}"#)
    }
    try await accept("RegisterCustomer", #"{"customerId":"robin","email":"robin@example.com"}"#)
    try await accept("SetCustomerTags", #"{"customerId":"robin","tags":["trade","vip"]}"#)
  }

  deinit { redress.removeFolder() }

  /// - Returns: whether it was accepted.
  @discardableResult
  func submit(_ type: String, _ data: String, by actor: String) async throws -> Bool {
    commandCount += 1
    return try await redress.submit("c\(commandCount)", type, data, actor: actor).isAccepted
  }

  func accept(_ type: String, _ data: String, by actor: String = "service/shop") async throws {
    let isAccepted = try await submit(type, data, by: actor)
    try #require(isAccepted, "\(type) \(data)")
  }

  func refuse(_ type: String, _ data: String, by actor: String) async throws {
    let isAccepted = try await submit(type, data, by: actor)
    try #require(!isAccepted, "\(type) \(data)")
  }

  /// An order with a case about it, which has the same id.
  func order(_ id: String, delivered day: String) async throws {
    try await accept(
      "RecordOrder",
      #"""
      {"orderId":"\#(id)","customerId":"robin","source":"api","currency":"GBP",\#
      "placedAt":"\#(day)T09:30:00Z","deliveredAt":"\#(day)T12:00:00Z",\#
      "lines":[{"lineId":"1","title":"Lantern","quantity":9,"unitPrice":1000}],\#
      "payments":[{"paymentId":"\#(id)-p","amount":9000,"capturedAt":"\#(day)T09:30:00Z"}]}
      """#)
    try await accept(
      "OpenCase",
      #"""
      {"caseId":"\#(id)","customerId":"robin","orderId":"\#(id)","title":"Broken","type":"product"}
      """#, by: "agent/kim")
  }

  func request(
    _ id: String, of order: String, units: Int = 1, by actor: String = "customer/robin",
    return returnID: String? = nil
  ) async throws {
    let returned = returnID.map { #","returnId":"\#($0)""# } ?? ""
    try await accept(
      "RequestRefund",
      #"""
      {"refundId":"\#(id)","caseId":"\#(order)","orderId":"\#(order)","reason":"broken",\#
      "items":[{"lineId":"1","quantity":\#(units)}]\#(returned)}
      """#, by: actor)
  }

  /// The policy that is active from now on.
  func policy(_ action: String, rules: String = "[]") async throws {
    try await accept(
      "DefinePolicy", Self.policy(action, rules: rules), by: "agent/lee")
  }

  static func policy(_ action: String, rules: String = "[]") -> String {
    #"{"policyId":"p","name":"P","rules":\#(rules),"active":true,"defaultAction":\#(action)}"#
  }

  static func returnRequest(_ id: String, of order: String, units: Int = 1) -> String {
    #"""
    {"returnId":"\#(id)","caseId":"\#(order)","orderId":"\#(order)",\#
    "lines":[{"lineId":"1","quantity":\#(units),"reason":{"code":"size"}}]}
    """#
  }

  /// A return that is requested, approved, received and accepted.
  func inspectedReturn(_ id: String, of order: String, units: Int = 1) async throws {
    try await accept(
      "RequestReturn", Self.returnRequest(id, of: order, units: units), by: "customer/robin")
    for (type, rest) in [
      ("ApproveReturn", ""),
      ("RecordReturnReception", #","lines":[{"lineId":"1","reception":"received"}]"#),
      ("InspectReturn", #","lines":[{"lineId":"1","acceptance":"accepted"}]"#),
    ] {
      try await accept(type, #"{"returnId":"\#(id)"\#(rest)}"#, by: "agent/kim")
    }
  }

  /// Back-tests what is in the log.
  func backtested(
    _ change: String, _ configure: (inout Backtest.Configuration) -> Void = { _ in }
  ) throws -> BacktestReport {
    var configuration = Backtest.Configuration(
      logFolder: redress.logFolder, build: "test",
      change: try BacktestChange(json: Array(change.utf8)))
    configure(&configuration)
    return try Backtest(configuration).run()
  }
}

extension BacktestReport {
  /// What goes otherwise, as `refund/r1 refused R4 outsideReturnWindow 1000`.
  var summary: [String] {
    outcomes.map { outcome in
      switch outcome.effect {
      case .refused(let rule, let reason):
        "\(outcome.stream) refused \(rule) \(reason) \(outcome.amount)"
      case .allowed(let rule, let reason):
        "\(outcome.stream) allowed \(rule) \(reason) \(outcome.amount)"
      case .amount(let difference): "\(outcome.stream) by \(difference)"
      }
    }
  }

  /// What could not be replayed, as `RequestReturn notEligible 1`.
  var notReplayedSummary: [String] {
    notReplayed.map { "\($0.key.commandType) \($0.key.refusal ?? "allowed") \($0.value)" }.sorted()
  }
}
