// What a back-test says of policies: what another one excludes, whom it leaves to persons, and what
// its fees make of a return's refund.

import Audit
import Events
import ProcessManagers
import RunningRedress
import Testing

struct `The back-test of a policy` {
  private static func change(_ action: String, rules: String = "[]") -> String {
    #"{"policy":\#(BacktestHistory.policy(action, rules: rules))}"#
  }

  @Test func `counts a return that it excludes once, with none of its later steps`() async throws {
    let history = try await BacktestHistory()
    try await history.policy(#"{"eligible":true}"#)
    try await history.order("o", delivered: "2026-01-07")
    try await history.inspectedReturn("ret", of: "o", units: 2)
    try await history.accept("CompleteReturn", #"{"returnId":"ret"}"#, by: "agent/kim")
    try await history.request("refund", of: "o", units: 2, by: "agent/kim", return: "ret")
    try await history.accept("ApproveRefund", #"{"refundId":"refund"}"#, by: "agent/kim")
    history.redress.stop()
    let rules =
      #"[{"ruleId":"late","conditions":[{"fact":"days_since_delivery","operator":"gt","#
      + #""numbers":[8]}],"action":{"eligible":false}}]"#
    let report = try history.backtested(Self.change(#"{"eligible":true}"#, rules: rules))
    #expect(report.summary == ["return/ret refused V2 notEligible 2000"])
    #expect(report.outcomes.map(\.reason) == ["size"])
    #expect(report.decisions.values.reduce(0) { $0 + $1.followed } == 4)
    let window = try history.backtested(#"{"returnWindowDays":8}"#)
    #expect(window.summary == ["return/ret refused R4 outsideReturnWindow 2000"])
  }

  @Test func `takes its fees through to the refund and to the approver's limit`() async throws {
    let history = try await BacktestHistory()
    try await history.policy(#"{"eligible":true,"restockingFee":1000}"#)
    try await history.order("o", delivered: "2026-01-07")
    try await history.inspectedReturn("ret", of: "o", units: 2)
    try await history.accept("CompleteReturn", #"{"returnId":"ret"}"#, by: "agent/kim")
    try await history.request("refund", of: "o", units: 2, by: "agent/kim", return: "ret")
    try await history.accept("ApproveRefund", #"{"refundId":"refund"}"#, by: "agent/kim")
    history.redress.stop()
    func summary(_ action: String, _ rest: String = "") throws -> [String] {
      let policy = BacktestHistory.policy(action)
      return try history.backtested(#"{"policy":\#(policy)\#(rest)}"#).summary
    }
    #expect(try summary(#"{"eligible":true,"restockingFee":1000}"#) == [])
    #expect(try summary(#"{"eligible":true,"restockingFee":2000}"#) == ["return/ret by -200"])
    #expect(try summary(#"{"eligible":true}"#) == ["return/ret by 200"])
    #expect(
      try summary(#"{"eligible":true,"shippingFee":300}"#) == ["return/ret by -100"])
    // GBP 18.00 was approved, and it would be GBP 20.00.
    #expect(
      try summary(#"{"eligible":true}"#, #","agentApprovalLimit":1900"#) == [
        "return/ret refused R5 aboveApprovalLimit 1800"
      ])
    #expect(
      try summary(#"{"eligible":true,"restockingFee":10000}"#) == [
        "return/ret refused V3 returnWorthNothing 1800"
      ])
  }

  @Test func `keeps an approval of a part where the refund comes to more`() async throws {
    let history = try await BacktestHistory()
    try await history.policy(#"{"eligible":true,"restockingFee":5000}"#)
    try await history.order("o", delivered: "2026-01-07")
    try await history.inspectedReturn("ret", of: "o", units: 2)
    try await history.request("refund", of: "o", units: 2, by: "agent/kim", return: "ret")
    try await history.accept(
      "ApproveRefund", #"{"refundId":"refund","approvedAmount":10}"#, by: "agent/kim")
    history.redress.stop()
    #expect(try history.backtested(Self.change(#"{"eligible":true}"#)).summary == [])
    #expect(
      try history.backtested(Self.change(#"{"eligible":true,"shippingFee":1995}"#)).summary == [
        "return/ret by -5"
      ])
  }

  @Test func `leaves to persons what it does not approve itself`() async throws {
    let history = try await BacktestHistory(settings: #","autoApproveLimit":100000"#)
    try await history.policy(#"{"eligible":true,"autoApprove":true}"#)
    try await history.order("o", delivered: "2026-01-07")
    try await history.accept(
      "RequestReturn", BacktestHistory.returnRequest("ret", of: "o"), by: "customer/robin")
    #expect(await history.redress.settle())
    try await history.redress.run(ReturnApproval.self)
    history.redress.stop()
    let report = try history.backtested(Self.change(#"{"eligible":true}"#))
    #expect(report.summary == ["return/ret refused R5 notApprovedByPolicy 1000"])
    #expect(
      try history.backtested(Self.change(#"{"eligible":true,"autoApprove":true}"#)).summary == [])
  }

  @Test func `rebuilds a refused completion, and no refused request of a return`() async throws {
    let history = try await BacktestHistory(settings: #","agentApprovalLimit":1000"#)
    try await history.policy(#"{"eligible":true}"#)
    try await history.order("o", delivered: "2026-01-07")
    try await history.inspectedReturn("ret", of: "o", units: 2)
    try await history.refuse(
      "CompleteReturn", #"{"returnId":"ret","resolution":"store_credit"}"#, by: "agent/kim")
    try await history.policy(#"{"eligible":false}"#)
    try await history.refuse(
      "RequestReturn", BacktestHistory.returnRequest("no", of: "o"), by: "customer/robin")
    history.redress.stop()
    let report = try history.backtested(
      #"{"agentApprovalLimit":2000,"policy":\#(BacktestHistory.policy(#"{"eligible":true}"#))}"#)
    #expect(report.summary == ["return/ret allowed R5 aboveApprovalLimit 2000"])
    #expect(report.notReplayedSummary == ["RequestReturn notEligible 1"])
  }

  @Test func `exchanges reasons together with the policy that is about them`() async throws {
    let history = try await BacktestHistory()
    let rules =
      #"[{"ruleId":"r","conditions":[{"fact":"reason_code","operator":"eq","#
      + #""texts":["\#("late")"]}],"action":{"eligible":true}}]"#
    try await history.policy(#"{"eligible":true}"#, rules: rules)
    try await history.order("o", delivered: "2026-01-07")
    try await history.accept(
      "RequestReturn", BacktestHistory.returnRequest("ret", of: "o"), by: "customer/robin")
    history.redress.stop()
    let reasons =
      #""returnSettings":{"reasons":[{"code":"fit","label":"Fit"},"#
      + #"{"code":"size","label":"Size","parent":"fit"}]}"#
    let fit = rules.replacing("late", with: "fit").replacing("true", with: "false")
    let policy = BacktestHistory.policy(#"{"eligible":true}"#, rules: fit)
    #expect(
      try history.backtested("{\"policy\":\(policy),\(reasons)}").summary == [
        "return/ret refused V2 notEligible 1000"
      ])
    #expect(throws: BacktestError.self) { try history.backtested("{\"policy\":\(policy)}") }
    // The policy of then is about a reason that would be gone.
    #expect(throws: BacktestError.self) { try history.backtested("{\(reasons)}") }
  }
}
