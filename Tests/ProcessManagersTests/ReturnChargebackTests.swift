// B1: what a chargeback claims is not refunded for a return meanwhile.

import Events
import Projections
import RunningRedress
import Testing

struct `The process managers of a disputed return` {
  private func claim(_ amount: Int, of redress: RunningRedress) async throws {
    try await redress.accept(
      "OpenChargeback",
      #"""
      {"chargebackId":"g1","caseId":"k1","orderId":"o1","paymentId":"p1","amount":\#(amount),\#
      "reason":"fraud"}
      """#)
  }

  @Test func `try again what a chargeback forbade, once it has ended`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    try await redress.lookThroughReturn()
    try await redress.wakeReturnManagers()
    try await claim(678, of: redress)
    let raised = try await redress.submit(
      "raise", "ChangeTenantSettings", #"{"autoApproveLimit":1000000}"#)
    #expect(raised.isAccepted)
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.refundStatus == "pending")
    #expect(try redress.history().contains { $0.event.type == "CommandRejected" })
    try await redress.accept(
      "RecordChargebackOutcome",
      #"{"caseId":"k1","chargebackId":"g1","outcome":"prevented"}"#)
    try await redress.wakeReturnManagers()
    #expect(try redress.returnRow()?.refundStatus == "approved")
    redress.stop()
  }

  @Test func `ask for what a lost chargeback left, once it is lost`() async throws {
    let redress = try await RunningRedress.withReturn(limit: 1_000_000)
    defer { redress.removeFolder() }
    try await redress.wakeReturnManagers()
    try await redress.lookThroughReturn()
    try await claim(400, of: redress)
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.money == "not_due")
    try await redress.accept(
      "RecordChargebackOutcome",
      #"{"caseId":"k1","chargebackId":"g1","outcome":"lost"}"#)
    try await redress.wakeReturnManagers(times: 2)
    #expect(try redress.returnRow()?.money == "refund")
    #expect(try redress.returnRow()?.refundAmount == 678 - 400)
    redress.stop()
  }
}
