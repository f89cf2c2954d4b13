// What a back-test says of windows, limits and four eyes: each refund once, with its amount, and
// only what the history says all about.

import Audit
import EventLog
import EventSourcing
import Events
import RunningRedress
import Testing

struct `The back-test` {
  @Test func `finds what a shorter window refuses and a longer one allows`() async throws {
    let history = try await BacktestHistory()
    try await history.order("nine", delivered: "2026-01-07")
    try await history.request("early", of: "nine", units: 2)
    try await history.accept("ApproveRefund", #"{"refundId":"early"}"#, by: "agent/kim")
    try await history.order("twenty", delivered: "2025-12-27")
    try await history.request("late", of: "twenty", units: 3)
    try await history.refuse("ApproveRefund", #"{"refundId":"late"}"#, by: "agent/kim")
    try await history.accept("DenyRefund", #"{"refundId":"late","reason":"Late"}"#, by: "agent/kim")
    history.redress.stop()

    let shorter = try history.backtested(#"{"returnWindowDays":7}"#)
    #expect(shorter.summary == ["refund/early refused R4 outsideReturnWindow 2000"])
    #expect(shorter.outcomes.first?.customerTags == ["trade", "vip"])
    #expect(shorter.outcomes.first?.reason == "broken")
    let longer = try history.backtested(#"{"returnWindowDays":30}"#)
    #expect(longer.summary == ["refund/late allowed R4 outsideReturnWindow 3000"])
    #expect(longer.decisions["ApproveRefund"]?.allowed == 1)
    #expect(longer.decisions["ApproveRefund"]?.refused == 1)
    #expect(try history.backtested(#"{"returnWindowDays":9}"#).summary == [])
    #expect(try history.backtested(#"{"returnWindowDays":8}"#).summary.count == 1)
    #expect(try history.backtested(#"{"returnWindowDays":19}"#).summary == [])
    #expect(try history.backtested(#"{"returnWindowDays":20}"#).summary.count == 1)
  }

  @Test func `adds up by currency, rule, reason and customer group`() async throws {
    let history = try await BacktestHistory()
    try await history.order("o", delivered: "2026-01-07")
    for (id, units) in [("a", 1), ("b", 2)] {
      try await history.request(id, of: "o", units: units)
      try await history.accept("ApproveRefund", #"{"refundId":"\#(id)"}"#, by: "agent/kim")
    }
    try await history.accept("SetCustomerTags", #"{"customerId":"robin","tags":[]}"#)
    try await history.request("c", of: "o", units: 4)
    try await history.accept("ApproveRefund", #"{"refundId":"c"}"#, by: "agent/kim")
    history.redress.stop()

    let report = try history.backtested(#"{"returnWindowDays":7}"#)
    func rows(_ property: Breakdown.Property) -> [String] {
      report.breakdowns.filter { $0.property == property }.flatMap(\.rows).map {
        "\($0.currency) \($0.value) \($0.refused.count) \($0.refused.sum) \($0.allowed.count)"
      }
    }
    #expect(rows(.total) == ["GBP  3 7000 0"])
    #expect(rows(.rule) == ["GBP R4 outsideReturnWindow 3 7000 0"])
    #expect(rows(.reason) == ["GBP broken 3 7000 0"])
    #expect(rows(.customerGroup) == ["GBP no tags 1 4000 0", "GBP trade, vip 2 3000 0"])
  }

  @Test func `applies limits to agents and not to admins, and credit to its own`() async throws {
    let history = try await BacktestHistory()
    try await history.order("o", delivered: "2026-01-07")
    for (id, approver) in [("agents", "agent/kim"), ("admins", "agent/lee")] {
      try await history.request(id, of: "o", units: 2)
      try await history.accept("ApproveRefund", #"{"refundId":"\#(id)"}"#, by: approver)
    }
    try await history.accept(
      "GrantStoreCredit", #"{"caseId":"o","orderId":"o","amount":1500,"reason":"Sorry"}"#,
      by: "agent/kim")
    history.redress.stop()
    #expect(
      try history.backtested(#"{"agentApprovalLimit":1499}"#).summary == [
        "refund/agents refused R5 aboveApprovalLimit 2000",
        "order/o refused R5 aboveApprovalLimit 1500",
      ])
    #expect(
      try history.backtested(#"{"agentApprovalLimit":1500}"#).summary == [
        "refund/agents refused R5 aboveApprovalLimit 2000"
      ])
    #expect(try history.backtested(#"{"agentApprovalLimit":2000}"#).summary == [])
  }

  @Test func `rebuilds a refused approval of a part, and counts no second attempt`() async throws {
    let history = try await BacktestHistory(settings: #","agentApprovalLimit":1000"#)
    try await history.order("o", delivered: "2026-01-07")
    try await history.request("part", of: "o", units: 3)
    try await history.refuse(
      "ApproveRefund", #"{"refundId":"part","approvedAmount":1500}"#, by: "agent/kim")
    try await history.request("again", of: "o", units: 2)
    try await history.refuse("ApproveRefund", #"{"refundId":"again"}"#, by: "agent/kim")
    try await history.accept("ApproveRefund", #"{"refundId":"again"}"#, by: "agent/lee")
    try await history.refuse("ApproveRefund", #"{"refundId":"nothing"}"#, by: "agent/lee")
    try await history.refuse(
      "GrantStoreCredit", #"{"caseId":"o","orderId":"o","amount":1500,"reason":"Sorry"}"#,
      by: "agent/kim")
    history.redress.stop()
    let report = try history.backtested(#"{"agentApprovalLimit":2000}"#)
    #expect(report.summary == ["refund/part allowed R5 aboveApprovalLimit 1500"])
    #expect(
      report.notReplayedSummary == [
        "ApproveRefund unknownRefund 1", "GrantStoreCredit aboveApprovalLimit 1",
      ])
    #expect(try history.backtested(#"{"agentApprovalLimit":1499}"#).summary == [])
  }

  @Test func `refuses an approval by its requester under four eyes`() async throws {
    let history = try await BacktestHistory()
    try await history.order("o", delivered: "2026-01-07")
    try await history.request("own", of: "o", by: "agent/kim")
    try await history.accept("ApproveRefund", #"{"refundId":"own"}"#, by: "agent/kim")
    try await history.request("others", of: "o")
    try await history.accept("ApproveRefund", #"{"refundId":"others"}"#, by: "agent/kim")
    history.redress.stop()
    #expect(
      try history.backtested(#"{"fourEyes":true}"#).summary == [
        "refund/own refused R5 approverIsRequester 1000"
      ])
  }

  @Test func `looks only at decisions in the span`() async throws {
    let history = try await BacktestHistory()
    try await history.order("o", delivered: "2026-01-07")
    var last: [Position] = []
    for id in ["a", "b"] {
      try await history.request(id, of: "o")
      try await history.accept("ApproveRefund", #"{"refundId":"\#(id)"}"#, by: "agent/kim")
      let end = history.redress.log.durableEnd(of: TenantID(unchecked: "acme"))
      last.append(Position(end.value - 1))
    }
    history.redress.stop()
    let change = #"{"returnWindowDays":7}"#
    let (a, b) = (last[0], last[1])
    #expect(try history.backtested(change) { $0.to = .position(a) }.outcomes.map(\.position) == [a])
    #expect(
      try history.backtested(change) { $0.from = .position(b) }.outcomes.map(\.position) == [b])
    #expect(
      try history.backtested(change) { $0.from = .position(a) }.outcomes.map(\.position) == [a, b])
    let other = try history.backtested(change) { $0.tenant = TenantID(unchecked: "zeta") }
    #expect(other.outcomes == [] && other.eventCount == 0)
  }
}
