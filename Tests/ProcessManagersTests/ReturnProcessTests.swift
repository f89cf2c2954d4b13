// V2, V3, R5: what the policy approves is approved, what is completed is refunded, what is never
// shipped expires; each once, also after a restart and when the history is replayed.

import CommandHandling
import EventLog
import EventSourcing
import Events
import ProcessManagers
import Projecting
import Projections
import RunningRedress
import Testing

struct `The process managers of returns` {
  private let acme = TenantID(unchecked: "acme")

  @Test func `approve, refund and approve again what the policy says, once each`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    #expect(try redress.returnRow()?.status == "approved")
    #expect(try redress.returnRow()?.processedBy == "system/return-approval")
    try await redress.lookThroughReturn()
    try await redress.wakeReturnManagers(times: 2)
    let done = try redress.returnRow()
    #expect(done?.refundStatus == "approved" && done?.money == "refund")
    #expect(done?.refundAmount == done?.finalRefund && done?.finalRefund != 0)
    // Neither others of them nor replaying the history do anything again.
    let count = redress.log.nextPosition(of: acme)
    _ = try redress.projections.rebuild([DueWork.name])
    try await redress.wakeReturnManagers(times: 3)
    #expect(redress.log.nextPosition(of: acme) == count)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder, now: Timestamp(RunningRedress.noon))
    again.start(isPaying: false)
    try await again.wakeReturnManagers(times: 2)
    #expect(again.log.nextPosition(of: acme) == count)
    again.stop()
  }

  @Test(arguments: [true, false])
  func `complete what the customer keeps, as the policy says`(auto: Bool) async throws {
    let redress = try await RunningRedress.withReturn(
      limit: 1_000_000, auto: auto, method: "keep_item")
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers(times: 4)
    let kept = try redress.returnRow()
    #expect(kept?.status == (auto ? "completed" : "requested"))
    #expect(kept?.refundStatus == (auto ? "approved" : nil))
    let count = redress.log.nextPosition(of: acme)
    try await redress.wakeReturnManagers(times: 2)
    #expect(redress.log.nextPosition(of: acme) == count)
    redress.stop()
  }

  @Test(arguments: ["nothing", "denied"])
  func `leave to people what they completed with nothing, or denied`(how: String) async throws {
    let redress = try await RunningRedress.withReturn(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    let refund =
      #""caseId":"k1","orderId":"o1","returnId":"ret1","reason":"size","#
      + #""items":[{"lineId":"1","quantity":1}]}"#
    if how == "denied" {
      try await redress.accept("RequestRefund", #"{"refundId":"advance","# + refund)
      try await redress.accept("DenyRefund", #"{"refundId":"advance","reason":"Not yet"}"#)
    }
    try await redress.accept(
      "RecordReturnReception",
      #"{"returnId":"ret1","lines":[{"lineId":"1","reception":"received"}]}"#)
    try await redress.accept(
      "InspectReturn",
      #"{"returnId":"ret1","lines":[{"lineId":"1","acceptance":"accepted"}]}"#)
    let resolution = how == "nothing" ? "nothing" : "refund"
    try await redress.accept(
      "CompleteReturn", #"{"returnId":"ret1","resolution":"\#(resolution)"}"#)
    if how == "nothing" {
      let asked = try await redress.submit(
        "ask", "RequestRefund", #"{"refundId":"later","# + refund)
      #expect(asked.rejection == nil, "\(asked)")
    }
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.refundStatus == "pending")
    // No command asks for it again.
    let count = redress.log.nextPosition(of: acme)
    try await redress.wakeReturnManagers(times: 2)
    #expect(redress.log.nextPosition(of: acme) == count)
    redress.stop()
  }

  @Test func `leave to people a return of what they rejected before`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1_000_000, method: "keep_item")
    defer { redress.removeFolder() }
    let rejected = try await redress.submit(
      "reject", "RejectReturn", #"{"returnId":"ret1","reason":"Worn"}"#, actor: "agent/kim")
    #expect(rejected.isAccepted)
    let asked = try await redress.submit(
      "again", "RequestReturn",
      #"{"returnId":"ret2","caseId":"k1","orderId":"o1","#
        + #""lines":[{"lineId":"1","quantity":1,"reason":{"code":"size"}}]}"#,
      actor: "customer/robin")
    #expect(asked.isAccepted)
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow("ret2")?.status == "requested")
    let refused = try redress.history().filter { $0.event.type == "CommandRejected" }
    #expect(refused.map(\.actor.description) == ["system/return-approval"])
    // Neither the same managers nor those after a restart try again.
    let count = redress.log.nextPosition(of: acme)
    try await redress.wakeReturnManagers(times: 2)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder, now: Timestamp(RunningRedress.noon))
    again.start(isPaying: false)
    try await again.wakeReturnManagers(times: 2)
    #expect(again.log.nextPosition(of: acme) == count)
    // A person may approve it.
    let approved = try await again.submit(
      "approve", "ApproveReturn", #"{"returnId":"ret2"}"#, actor: "agent/kim")
    #expect(approved.isAccepted)
    again.stop()
  }

  @Test func `leave to people what the policy does not approve, and what is above its limit`()
    async throws
  {
    let wanted = try await RunningRedress.withReturn(limit: 1_000_000, auto: false)
    defer { wanted.removeFolder() }
    try await wanted.wakeReturnManagers(times: 2)
    #expect(try wanted.returnRow()?.status == "requested")
    wanted.stop()

    let dear = try await RunningRedress.withReturn(limit: 1)
    defer { dear.removeFolder() }
    try await dear.wakeReturnManagers()
    try await dear.lookThroughReturn()
    try await dear.wakeReturnManagers(times: 3)
    #expect(try dear.returnRow()?.refundStatus == "pending")
    dear.stop()
  }

  @Test func `do nothing while a history is imported, and all of it afterwards`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await redress.accept("BeginImport", "{}")
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.status == "requested")
    #expect(try await redress.submit("over", "EndImport", "{}").isAccepted)
    try await redress.wakeReturnManagers()
    #expect(try redress.returnRow()?.status == "approved")
    redress.stop()
  }

  @Test func `request no more than was found, even when the order costs more`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    try await redress.lookThroughReturn()
    try await redress.accept(
      "AmendOrder",
      #"{"orderId":"o1","updatedAt":"2026-01-16T11:00:00Z","total":678,"#
        + #""lines":[{"lineId":"1","title":"Lantern","quantity":1,"unitPrice":678}]}"#)
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.finalRefund == 339)
    #expect(try redress.returnRow()?.refundAmount == 339)
    redress.stop()
  }

  @Test func `leave a refund to people before anything came`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    let asked = try await redress.submit(
      "advance", "RequestRefund",
      #"""
      {"refundId":"r9","caseId":"k1","orderId":"o1","returnId":"ret1","items":[{"lineId":"1",\#
      "quantity":1}],"reason":"size"}
      """#,
      actor: "agent/kim")
    #expect(asked.isAccepted)
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.refundStatus == "pending")
    try await redress.lookThroughReturn()
    try await redress.wakeReturnManagers()
    #expect(try redress.returnRow()?.refundStatus == "approved")
    redress.stop()
  }

  @Test func `leave a refund to people that was withdrawn`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    try await redress.lookThroughReturn()
    try await redress.wakeReturnManagers()
    let refund = try #require(try redress.returnRow()?.refundID)
    try await redress.accept("CancelRefund", #"{"refundId":"\#(refund)"}"#)
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.money == "not_due")
    #expect(try redress.returnRow()?.refundID == refund)
    redress.stop()
  }

  @Test func `end what was approved and never shipped, when its time is over`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 0)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    try await redress.run(ReturnExpiry.self, at: Timestamp("2026-02-15T11:59:59.999999Z"))
    #expect(await redress.settle())
    #expect(try redress.returnRow()?.status == "approved")
    try await redress.run(ReturnExpiry.self, at: Timestamp("2026-02-15T12:00:00.000000Z"))
    // The sequencer's clock shows that it is not due yet: the command was submitted and refused.
    #expect(await redress.settle())
    let refused = try redress.history().last
    #expect(refused?.event.type == "CommandRejected")
    #expect(refused?.commandID.rawValue.hasPrefix("_ExpireReturn-") == true)
    redress.stop()
  }
}
