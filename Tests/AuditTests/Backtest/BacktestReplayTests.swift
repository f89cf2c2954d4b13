// How a back-test replays: always with the same result, without writing, and only what the rules of
// then lead to.

import Audit
import EventSourcing
import Events
import Foundation
import RunningRedress
import Testing

struct `The replay of a back-test` {
  @Test func `says the same each time, and leaves the log as it is`() async throws {
    let history = try await BacktestHistory()
    for number in 1...20 {
      try await history.order("o\(number)", delivered: "2026-01-07")
      try await history.request("r\(number)", of: "o\(number)")
      try await history.accept("ApproveRefund", #"{"refundId":"r\#(number)"}"#, by: "agent/kim")
    }
    history.redress.stop()
    func files() throws -> [String: Data] {
      let folder = history.redress.logFolder
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".zst") }
      return try Dictionary(
        uniqueKeysWithValues: names.map {
          ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)")))
        })
    }
    let before = try files()
    let first = try history.backtested(#"{"returnWindowDays":7}"#)
    let second = try history.backtested(#"{"returnWindowDays":7}"#)
    #expect(first.outcomes.count == 20 && first.outcomes == second.outcomes)
    #expect(first.breakdowns == second.breakdowns && first.chain == second.chain)
    #expect(try files() == before && !before.isEmpty)
  }

  @Test func `does not replay what was decided by other rules`() async throws {
    let history = try await BacktestHistory(rulesVersion: 3)
    try await history.order("o", delivered: "2026-01-07")
    try await history.request("r", of: "o")
    try await history.accept("ApproveRefund", #"{"refundId":"r"}"#, by: "agent/kim")
    history.redress.stop()
    let report = try history.backtested(#"{"returnWindowDays":7}"#)
    #expect(report.summary == [] && report.decisions.isEmpty)
    #expect(report.notReplayedSummary == ["ApproveRefund allowed 1", "RequestRefund allowed 1"])
    #expect(report.notReplayed.keys.allSatisfy { $0.because.contains("version 3 of the rules") })
  }

  @Test func `changes nothing without a change`() async throws {
    let report = try await ForgedHistory(HonestHistory.shared.value).backtested("{}")
    #expect(report.summary == [] && report.notReplayedSummary == [])
    #expect(Set(report.decisions.keys).count == 6, "\(report.decisions.keys)")
  }

  @Test func `does not count what the rules of then do not lead to`() async throws {
    var history = try await ForgedHistory(HonestHistory.shared.value)
    let change = #"{"returnWindowDays":7}"#
    #expect(try history.backtested(change).summary.contains { $0.hasPrefix("refund/paid refused") })
    try history.set("data.approvedBy", to: #""agent/lee""#, of: "RefundApproved", in: "refund/paid")
    let forged = try history.backtested(change)
    #expect(!forged.summary.contains { $0.hasPrefix("refund/paid") })
    #expect(forged.notReplayedSummary == ["ApproveRefund allowed 1"])
    try history.set(
      "data.restockingFees.0.basisPoints", to: "1001", of: "RefundRequested",
      in: "refund/ofReturn")
    #expect(
      try history.backtested("{}").notReplayedSummary == [
        "ApproveRefund allowed 1", "RequestRefund allowed 1",
      ])
  }
}
