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
  private static let tenant = TenantID(unchecked: "acme")
  private static let refund = RefundID(unchecked: "r1")

  private func amounts(_ redress: RunningRedress) throws -> [String: Int] {
    let rows = try redress.projections.read(RefundQueue.self) {
      try RefundQueue.derivation(of: Self.refund, tenant: Self.tenant, in: $0)
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
    let page = try redress.projections.read(RefundQueue.self) {
      try RefundPage.render(Self.refund, tenant: Self.tenant, from: $0)
    }
    #expect(page?.body.markup.contains("2 × 3.39") == true)
    redress.stop()
  }
}
