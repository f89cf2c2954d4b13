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
  let acme = TenantID(unchecked: "acme")
  static let noon = "2026-01-16T12:00:00.000000Z"

  private static let managers: [any DueCommands.Type] = [
    ReturnApproval.self, ReturnCompletion.self, ReturnRefund.self, RefundApproval.self,
  ]

  /// New ones each time, as after a restart.
  private func wake(_ redress: RunningRedress, times: Int = 1) async throws {
    for _ in 0..<times {
      #expect(await redress.settle())
      for manager in Self.managers { try await redress.run(manager) }
    }
    #expect(await redress.settle())
  }

  private func row(_ redress: RunningRedress, _ id: String = "ret1") throws -> ReturnRow? {
    try redress.projections.read(Returns.self) {
      try Returns.return(ReturnID(unchecked: id), tenant: acme, in: $0)
    }
  }

  private func submit(_ redress: RunningRedress, _ type: String, _ data: String) async throws {
    let answer = try await redress.submit("do-\(type)", type, data)
    #expect(answer.rejection == nil, "\(answer)")
  }

  /// A return of one unit of order `o1`; the limit lets its refund be approved, or does not.
  private func requested(
    limit: Int, auto: Bool = true, method: String = "customer_ships"
  ) async throws -> RunningRedress {
    let redress = try RunningRedress(now: Timestamp(Self.noon))
    try await redress.prepare()
    #expect(try await redress.submit("end", "EndImport", "{}").isAccepted)
    redress.start(isPaying: false)
    try await submit(redress, "ChangeTenantSettings", #"{"autoApproveLimit":\#(limit)}"#)
    try await submit(
      redress, "DefinePolicy",
      #"{"policyId":"p","name":"P","rules":[],"active":true,"#
        + #""defaultAction":{"eligible":true,"autoApprove":\#(auto),"returnMethod":"\#(method)"}}"#)
    try await submit(
      redress, "RequestReturn",
      #"{"returnId":"ret1","caseId":"k1","orderId":"o1","#
        + #""lines":[{"lineId":"1","quantity":1,"reason":{"code":"size"}}]}"#)
    return redress
  }

  private func lookThrough(_ redress: RunningRedress) async throws {
    try await submit(
      redress, "RecordReturnReception",
      #"{"returnId":"ret1","lines":[{"lineId":"1","reception":"received"}]}"#)
    try await submit(
      redress, "InspectReturn",
      #"{"returnId":"ret1","lines":[{"lineId":"1","acceptance":"accepted"}]}"#)
    try await submit(redress, "CompleteReturn", #"{"returnId":"ret1"}"#)
  }

  @Test func `approve, refund and approve again what the policy says, once each`() async throws {
    let redress = try await requested(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await wake(redress)
    #expect(try row(redress)?.status == "approved")
    #expect(try row(redress)?.processedBy == "system/return-approval")
    try await lookThrough(redress)
    try await wake(redress, times: 2)
    let done = try row(redress)
    #expect(done?.refundStatus == "approved" && done?.money == "refund")
    #expect(done?.refundAmount == done?.finalRefund && done?.finalRefund != 0)
    // Neither others of them nor replaying the history do anything again.
    let count = redress.log.nextPosition(of: acme)
    _ = try redress.projections.rebuild([DueWork.name])
    try await wake(redress, times: 3)
    #expect(redress.log.nextPosition(of: acme) == count)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder, now: Timestamp(Self.noon))
    again.start(isPaying: false)
    try await wake(again, times: 2)
    #expect(again.log.nextPosition(of: acme) == count)
    again.stop()
  }

  @Test(arguments: [true, false])
  func `complete what the customer keeps, as the policy says`(auto: Bool) async throws {
    let redress = try await requested(limit: 1_000_000, auto: auto, method: "keep_item")
    defer { redress.removeFolder() }
    try await wake(redress, times: 4)
    let kept = try row(redress)
    #expect(kept?.status == (auto ? "completed" : "requested"))
    #expect(kept?.refundStatus == (auto ? "approved" : nil))
    let count = redress.log.nextPosition(of: acme)
    try await wake(redress, times: 2)
    #expect(redress.log.nextPosition(of: acme) == count)
    redress.stop()
  }

  @Test(arguments: ["nothing", "denied"])
  func `leave to people what they completed with nothing, or denied`(how: String) async throws {
    let redress = try await requested(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await wake(redress)
    let refund =
      #""caseId":"k1","orderId":"o1","returnId":"ret1","reason":"size","#
      + #""items":[{"lineId":"1","quantity":1}]}"#
    if how == "denied" {
      try await submit(redress, "RequestRefund", #"{"refundId":"advance","# + refund)
      try await submit(redress, "DenyRefund", #"{"refundId":"advance","reason":"Not yet"}"#)
    }
    try await submit(
      redress, "RecordReturnReception",
      #"{"returnId":"ret1","lines":[{"lineId":"1","reception":"received"}]}"#)
    try await submit(
      redress, "InspectReturn",
      #"{"returnId":"ret1","lines":[{"lineId":"1","acceptance":"accepted"}]}"#)
    let resolution = how == "nothing" ? "nothing" : "refund"
    try await submit(
      redress, "CompleteReturn", #"{"returnId":"ret1","resolution":"\#(resolution)"}"#)
    if how == "nothing" {
      let asked = try await redress.submit(
        "ask", "RequestRefund", #"{"refundId":"later","# + refund)
      #expect(asked.rejection == nil, "\(asked)")
    }
    try await wake(redress, times: 2)
    #expect(try row(redress)?.refundStatus == "pending")
    // No command asks for it again.
    let count = redress.log.nextPosition(of: acme)
    try await wake(redress, times: 2)
    #expect(redress.log.nextPosition(of: acme) == count)
    redress.stop()
  }

  @Test func `leave to people a return of what they rejected before`() async throws {
    let redress = try await requested(limit: 1_000_000, method: "keep_item")
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
    try await wake(redress, times: 2)
    #expect(try row(redress, "ret2")?.status == "requested")
    let refused = try redress.history().filter { $0.event.type == "CommandRejected" }
    #expect(refused.map(\.actor.description) == ["system/return-approval"])
    // Neither the same managers nor those after a restart try again.
    let count = redress.log.nextPosition(of: acme)
    try await wake(redress, times: 2)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder, now: Timestamp(Self.noon))
    again.start(isPaying: false)
    try await wake(again, times: 2)
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
    let wanted = try await requested(limit: 1_000_000, auto: false)
    defer { wanted.removeFolder() }
    try await wake(wanted, times: 2)
    #expect(try row(wanted)?.status == "requested")
    wanted.stop()

    let dear = try await requested(limit: 1)
    defer { dear.removeFolder() }
    try await wake(dear)
    try await lookThrough(dear)
    try await wake(dear, times: 3)
    #expect(try row(dear)?.refundStatus == "pending")
    dear.stop()
  }

  @Test func `try again what a chargeback forbade, once it has ended`() async throws {
    let redress = try await requested(limit: 1)
    defer { redress.removeFolder() }
    try await wake(redress)
    try await lookThrough(redress)
    try await wake(redress)
    try await submit(
      redress, "OpenChargeback",
      #"""
      {"chargebackId":"g1","caseId":"k1","orderId":"o1","paymentId":"p1","amount":678,\#
      "reason":"fraud"}
      """#
    )
    let raised = try await redress.submit(
      "raise", "ChangeTenantSettings", #"{"autoApproveLimit":1000000}"#)
    #expect(raised.isAccepted)
    try await wake(redress, times: 2)
    #expect(try row(redress)?.refundStatus == "pending")
    #expect(try redress.history().contains { $0.event.type == "CommandRejected" })
    try await submit(
      redress, "RecordChargebackOutcome",
      #"{"caseId":"k1","chargebackId":"g1","outcome":"prevented"}"#)
    try await wake(redress)
    #expect(try row(redress)?.refundStatus == "approved")
    redress.stop()
  }

  @Test func `ask for what a lost chargeback left, once it is lost`() async throws {
    let redress = try await requested(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await wake(redress)
    try await lookThrough(redress)
    try await submit(
      redress, "OpenChargeback",
      #"""
      {"chargebackId":"g1","caseId":"k1","orderId":"o1","paymentId":"p1","amount":400,\#
      "reason":"fraud"}
      """#
    )
    try await wake(redress, times: 2)
    #expect(try row(redress)?.money == "not_due")
    try await submit(
      redress, "RecordChargebackOutcome",
      #"{"caseId":"k1","chargebackId":"g1","outcome":"lost"}"#)
    try await wake(redress, times: 2)
    #expect(try row(redress)?.money == "refund")
    #expect(try row(redress)?.refundAmount == 678 - 400)
    redress.stop()
  }

  @Test func `do nothing while a history is imported, and all of it afterwards`() async throws {
    let redress = try await requested(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await submit(redress, "BeginImport", "{}")
    try await wake(redress, times: 2)
    #expect(try row(redress)?.status == "requested")
    #expect(try await redress.submit("over", "EndImport", "{}").isAccepted)
    try await wake(redress)
    #expect(try row(redress)?.status == "approved")
    redress.stop()
  }

  @Test func `request no more than was found, even when the order costs more`() async throws {
    let redress = try await requested(limit: 1)
    defer { redress.removeFolder() }
    try await wake(redress)
    try await lookThrough(redress)
    try await submit(
      redress, "AmendOrder",
      #"{"orderId":"o1","updatedAt":"2026-01-16T11:00:00Z","total":678,"#
        + #""lines":[{"lineId":"1","title":"Lantern","quantity":1,"unitPrice":678}]}"#)
    try await wake(redress, times: 2)
    #expect(try row(redress)?.finalRefund == 339)
    #expect(try row(redress)?.refundAmount == 339)
    redress.stop()
  }

  @Test func `leave a refund to people before anything came`() async throws {
    let redress = try await requested(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await wake(redress)
    let asked = try await redress.submit(
      "advance", "RequestRefund",
      #"""
      {"refundId":"r9","caseId":"k1","orderId":"o1","returnId":"ret1","items":[{"lineId":"1",\#
      "quantity":1}],"reason":"size"}
      """#,
      actor: "agent/kim")
    #expect(asked.isAccepted)
    try await wake(redress, times: 2)
    #expect(try row(redress)?.refundStatus == "pending")
    try await lookThrough(redress)
    try await wake(redress)
    #expect(try row(redress)?.refundStatus == "approved")
    redress.stop()
  }

  @Test func `leave a refund to people that was withdrawn`() async throws {
    let redress = try await requested(limit: 1)
    defer { redress.removeFolder() }
    try await wake(redress)
    try await lookThrough(redress)
    try await wake(redress)
    let refund = try #require(try row(redress)?.refundID)
    try await submit(redress, "CancelRefund", #"{"refundId":"\#(refund)"}"#)
    try await wake(redress, times: 2)
    #expect(try row(redress)?.money == "not_due")
    #expect(try row(redress)?.refundID == refund)
    redress.stop()
  }

  @Test func `end what was approved and never shipped, when its time is over`() async throws {
    let redress = try await requested(limit: 0)
    defer { redress.removeFolder() }
    try await wake(redress)
    try await redress.run(ReturnExpiry.self, at: Timestamp("2026-02-15T11:59:59.999999Z"))
    #expect(await redress.settle())
    #expect(try row(redress)?.status == "approved")
    try await redress.run(ReturnExpiry.self, at: Timestamp("2026-02-15T12:00:00.000000Z"))
    // The sequencer's clock shows that it is not due yet: the command was submitted and refused.
    #expect(await redress.settle())
    let refused = try redress.history().last
    #expect(refused?.event.type == "CommandRejected")
    #expect(refused?.commandID.rawValue.hasPrefix("_ExpireReturn-") == true)
    redress.stop()
  }
}
