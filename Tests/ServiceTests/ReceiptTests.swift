// The receipt of a refund, from its page and by its route.

import HTTP
import JSON
import Testing

struct `A refund's receipt` {
  @Test func `is linked on its page, and is a file`() async throws {
    try await RunningService.with { running in
      let page = await running.get("/tenants/acme/refunds/r1", over: .loopback)
      let link = "/v1/receipts/r1?tenant=acme"
      #expect(page.text.contains("<a href=\"\(link)\">"))
      let receipt = await running.get(link, over: .loopback)
      #expect(receipt.status == 200)
      #expect(receipt.header("Content-Type") == "application/json")
      #expect(
        receipt.header("Content-Disposition") == #"attachment; filename="acme-r1.receipt.json""#)
      #expect(receipt.json?["refund"]?.string == "r1")
      #expect(receipt.json?["events"]?.elements?.count == 1)
    }
  }

  @Test func `is not there for a refund that is not`() async throws {
    try await RunningService.with { running in
      let answer = await running.get("/v1/receipts/r9?tenant=acme")
      #expect(answer.status == 404)
      #expect(answer.detail == "The tenant acme has no refund r9.")
    }
  }
}
