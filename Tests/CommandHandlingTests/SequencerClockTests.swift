// As of which time a command is decided, and which times are believed.

import CommandHandling
import EventSourcing
import RunningRedress
import Testing

struct `The clock of the sequencer` {
  @Test func `refuses a time that has not come yet`() async throws {
    let redress = try RunningRedress(now: Timestamp("2026-01-16T10:00:00Z"))
    defer { redress.removeFolder() }
    try await redress.prepare()
    let answer = try await redress.submit(
      "x", "AddAgent", #"{"agentId":"a","role":"agent"}"#, at: "2026-01-16T10:00:00.000001Z")
    guard case .invalid(let invalid) = answer.outcome else {
      Issue.record("expected invalid, got \(answer)")
      return
    }
    #expect(invalid.path == "$.occurredAt")
    redress.stop()
  }

  @Test func `lets nobody approve a refund as of a time before it was asked for`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let requested = try await redress.submit(
      "x", "RequestRefund",
      #"""
      {"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],\#
      "reason":"broken"}
      """#,
      actor: "customer/robin", at: "2026-02-16T10:00:00Z")
    #expect(requested.isAccepted)
    func approve(_ id: String, at time: String) async throws -> String? {
      try await redress.submit(
        id, "ApproveRefund", #"{"refundId":"r1"}"#, actor: "agent/kim", at: time
      ).rejection
    }
    #expect(try await approve("late", at: "2026-02-16T10:05:00Z") == "outsideReturnWindow")
    #expect(try await approve("backdated", at: "2026-01-16T10:05:00Z") == "beforePreviousEvent")
    redress.stop()
  }

  @Test func `decides as of now, unless a history is imported`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    let then = "2026-01-16T10:00:00Z"
    let request =
      #"""
      {"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],\#
      "reason":"broken"}
      """#
    let told = try await redress.submit(
      "r", "RequestRefund", request, actor: "customer/robin", at: then)
    #expect(told.isAccepted)
    _ = try await redress.submit("end", "EndImport", "{}")
    // R4: the window is over, also where an approver gives another time.
    let late = try await redress.submit(
      "a1", "ApproveRefund", #"{"refundId":"r1"}"#, actor: "agent/kim", at: then)
    #expect(late.rejection == "onlyImportsLookBack")
    let now = try await redress.submit(
      "a2", "ApproveRefund", #"{"refundId":"r1"}"#, actor: "agent/kim")
    #expect(now.rejection == "outsideReturnWindow")
    for (id, actor) in [("m1", "customer/robin"), ("m2", "service/shop")] {
      let message = try await redress.submit(
        id, "OpenCase",
        #"{"caseId":"\#(id)","customerId":"robin","orderId":"o1","title":"B","type":"product"}"#,
        actor: actor, at: then)
      #expect(message.rejection == "onlyImportsLookBack")
    }
    // The shop's news happened when it says.
    let news = try await redress.submit(
      "n1", "RecordDelivery", #"{"orderId":"o1","deliveredAt":"2026-01-08T12:00:00Z"}"#,
      actor: "service/shop", at: then)
    #expect(news.isAccepted)
    redress.stop()
  }

  @Test(arguments: [
    ("RecordDelivery", #"{"orderId":"o1","deliveredAt":"2099-01-08T12:00:00Z"}"#, "deliveredAt"),
    (
      "AmendOrder",
      #"""
      {"orderId":"o1","updatedAt":"2150-01-01T00:00:00Z","lines":[{"lineId":"1","title":"L",\#
      "quantity":2,"unitPrice":339}]}
      """#,
      "updatedAt"
    ),
  ]) func `believes no news from the future`(type: String, data: String, field: String) async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    guard case .invalid(let invalid) = try await redress.submit("n", type, data).outcome else {
      Issue.record("\(type) was believed")
      return
    }
    #expect(invalid.path == "$.data.\(field)")
    redress.stop()
  }
}
