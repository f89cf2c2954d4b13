// What reads and pages say: the revision that a caller sends back, a message's attachments, a
// denied refund, units that did not come, and a tenant that is suspended.

import CommandHandling
import EventSourcing
import Events
import JSON
import Projecting
import Projections
import RunningRedress
import Testing

struct `What is read` {
  private func accepted(
    _ redress: RunningRedress, _ id: String, _ type: String, _ data: String,
    actor: String? = nil
  ) async throws {
    let answer = try await redress.submit(id, type, data, actor: actor)
    #expect(answer.isAccepted, "\(answer)")
  }

  private func begin() async throws -> RunningRedress {
    let redress = try RunningRedress(now: Timestamp("2026-01-16T12:00:00Z"))
    try await redress.prepare()
    try await accepted(redress, "end", "EndImport", "{}")
    redress.start(isPaying: false)
    return redress
  }

  /// A return of units of order `o1`.
  private func requestReturn(_ redress: RunningRedress, quantity: Int = 2) async throws {
    try await accepted(
      redress, "policy", "DefinePolicy",
      #"{"policyId":"p","name":"P","rules":[],"active":true,"defaultAction":{"eligible":true}}"#)
    try await accepted(
      redress, "return", "RequestReturn",
      #"{"returnId":"ret1","caseId":"k1","orderId":"o1","#
        + #""lines":[{"lineId":"1","quantity":\#(quantity),"reason":{"code":"size"}}]}"#,
      actor: "customer/robin")
    try await accepted(redress, "approve", "ApproveReturn", #"{"returnId":"ret1"}"#)
  }

  private func receive(
    _ redress: RunningRedress, _ reception: String, _ quantity: Int
  ) async throws {
    try await accepted(
      redress, "receive", "RecordReturnReception",
      #"{"returnId":"ret1","lines":[{"lineId":"1","reception":"\#(reception)","#
        + #""quantity":\#(quantity)}]}"#)
  }

  @Test func `says the revision that a caller's expectedRevision needs`() async throws {
    let redress = try await begin()
    defer { redress.removeFolder() }
    try await redress.requestAndApprove()
    try await requestReturn(redress, quantity: 1)
    #expect(await redress.settle())
    let last = Dictionary(
      try redress.history().map { ($0.stream.rawValue, Int64($0.revision.value)) },
      uniquingKeysWith: { max($0, $1) })
    for (path, stream) in [
      ("/v1/cases/k1", "case/k1"), ("/v1/refunds/r1", "refund/r1"),
      ("/v1/returns/ret1", "return/ret1"), ("/v1/orders/o1/balance", "order/o1"),
    ] {
      #expect(try await redress.json(path)["revision"]?.integer == last[stream], "\(stream)")
    }
    // It is what the command that comes next expects.
    let revision = try #require(last["refund/r1"])
    let command =
      #"{"id":"cancel","tenant":"acme","type":"CancelRefund","data":{"refundId":"r1"},"#
      + #""expectedRevision":\#(revision),"actor":"agent/kim"}"#
    #expect(try await redress.submit(command).isAccepted)
    // A rebuild finds the same.
    #expect(await redress.settle())
    let reports = try redress.projections.rebuild(readModels.map { $0.name })
    #expect(reports.allSatisfy { !$0.isChanged })
    #expect(try await redress.json("/v1/refunds/r1")["revision"]?.integer ?? 0 > revision)
    redress.stop()
  }

  @Test func `has the attachments that a message names`() async throws {
    let redress = try await begin()
    defer { redress.removeFolder() }
    let sha = String(repeating: "ab", count: 32)
    try await accepted(
      redress, "message", "PostMessage",
      #"{"messageId":"m1","caseId":"k1","customerId":"robin","authorRole":"agent","#
        + #""body":"See the photo.","attachments":[{"evidenceKey":"sev_photo","sha256":"\#(sha)","#
        + #""bytes":48213,"mime":"image/jpeg"}]}"#, actor: "agent/kim")
    #expect(await redress.settle())
    let message = try await redress.json("/v1/cases/k1")["messages"]?.elements?.first
    let attachment = message?["attachments"]?.elements?.first
    #expect(attachment?["evidenceKey"] == .string("sev_photo"))
    #expect(attachment?["sha256"] == .string(sha))
    let page = try await redress.page("/tenants/acme/cases/k1")
    let article = page.split(separator: "<article").dropFirst().first ?? ""
    #expect(article.split(separator: "</article>")[0].contains("sev_photo"))
    #expect(article.contains("48,213 bytes of image/jpeg"))
    redress.stop()
  }

  @Test func `does not call a refund due that was denied, nor count it`() async throws {
    let redress = try await begin()
    defer { redress.removeFolder() }
    try await requestReturn(redress)
    try await receive(redress, "received", 2)
    try await accepted(
      redress, "inspect", "InspectReturn",
      #"{"returnId":"ret1","lines":[{"lineId":"1","acceptance":"accepted"}]}"#)
    try await accepted(redress, "complete", "CompleteReturn", #"{"returnId":"ret1"}"#)
    #expect(await redress.settle())
    #expect(try await redress.page("/tenants/acme/returns").contains("refund due"))
    try await accepted(
      redress, "refund", "RequestRefund",
      #"{"refundId":"r1","caseId":"k1","orderId":"o1","returnId":"ret1","#
        + #""items":[{"lineId":"1","quantity":2}],"reason":"size"}"#)
    try await accepted(
      redress, "deny", "DenyRefund", #"{"refundId":"r1","reason":"worn for months"}"#,
      actor: "agent/kim")
    #expect(await redress.settle())
    let page = try await redress.page("/tenants/acme/returns")
    #expect(!page.contains("refund due") && page.contains("refund denied"))
    let totals = try await redress.json("/v1/returns")["totals"]?.elements
    #expect(totals?.map { $0["amount"]?.integer } == [0])
    redress.stop()
  }

  @Test func `says how many units came and how many are short`() async throws {
    let redress = try await begin()
    defer { redress.removeFolder() }
    try await requestReturn(redress)
    try await receive(redress, "short_shipped", 1)
    #expect(await redress.settle())
    let page = try await redress.page("/tenants/acme/returns/ret1")
    #expect(page.contains("1 of 2 came, 1 short"))
    #expect(!page.contains("short shipped"))
    redress.stop()
  }

  @Test func `shows on every page that the tenant is suspended`() async throws {
    let redress = try await begin()
    defer { redress.removeFolder() }
    try await redress.requestAndApprove()
    #expect(await redress.settle())
    let pages = [
      "refunds", "refunds/r1", "cases", "cases/k1", "customers/robin", "returns", "holds",
      "integration",
    ].map { "/tenants/acme/\($0)" }
    for path in pages {
      #expect(try await !redress.page(path).contains("suspended"), "\(path)")
    }
    try await accepted(redress, "suspend", "SuspendTenant", #"{"reason":"unpaid"}"#)
    #expect(await redress.settle())
    for path in pages {
      #expect(try await redress.page(path).contains("This tenant is suspended"), "\(path)")
    }
    redress.stop()
  }
}
