// A refund's page says how its amount came about, and says it anew after an amendment.

import CommandHandling
import Domain
import EventSourcing
import Events
import HTML
import Projecting
import Projections
import RunningRedress
import Testing

struct `How a refund's amount came about` {
  private func amounts(_ redress: RunningRedress) throws -> [String: Int] {
    let rows = try redress.projections.read(RefundQueue.self) {
      try $0.rows(DerivationRow.self, "WHERE tenant = ? AND refund_id = ?", "acme", "r1")
    }
    return Dictionary(
      uniqueKeysWithValues: rows.compactMap { row in row.amount.map { (row.what, $0) } })
  }

  @Test func `is on its page, of what is asked for now`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    #expect(await redress.settle())
    #expect(try amounts(redress)["  price"] == 339)
    #expect(try amounts(redress)["requested"] == 339)
    let answer = try await redress.submit(
      "amend", "AmendRefund",
      #"{"refundId":"r1","items":[{"lineId":"1","quantity":2}],"shippingFee":39}"#,
      actor: "agent/kim")
    #expect(answer.isAccepted)
    #expect(await redress.settle())
    #expect(
      try amounts(redress)
        == ["  price": 678, "  the line's refund": 678, "shipping fee": -39, "requested": 639])
    #expect(try await redress.page("/tenants/acme/refunds/r1").contains("2 × 3.39"))
    redress.stop()
  }
}
