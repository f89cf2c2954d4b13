// R7 to R10 for a refund over two payments: each leg is asked for once, and what became of one says
// nothing of the other.

import CommandHandling
import Domain
import EventSourcing
import Events
import Gateways
import ProcessManagers
import Projections
import RunningRedress
import Testing

struct `Paying a refund over two payments` {
  private static let actor = "system/refund-execution"

  /// Approves a refund of GBP 6.78 for an order that was paid by GBP 2.00 and 4.78.
  private func approved(_ redress: RunningRedress) async throws {
    try await redress.prepare()
    let then = "2026-01-16T10:00:00Z"
    let commands: [(String, String, String?)] = [
      (
        "RecordOrder",
        #"""
        {"orderId":"o2","customerId":"robin","source":"api","currency":"GBP",\#
        "placedAt":"2026-01-05T09:30:00Z","deliveredAt":"2026-01-07T12:00:00Z",\#
        "lines":[{"lineId":"1","title":"Lantern","quantity":2,"unitPrice":339}],\#
        "payments":[{"paymentId":"p1","amount":200,"capturedAt":"2026-01-05T09:30:00Z"},\#
        {"paymentId":"p2","amount":478,"capturedAt":"2026-01-05T09:31:00Z"}]}
        """#, nil
      ),
      (
        "OpenCase",
        #"{"caseId":"k2","customerId":"robin","orderId":"o2","title":"Broken","type":"product"}"#,
        "customer/robin"
      ),
      (
        "RequestRefund",
        #"""
        {"refundId":"r2","caseId":"k2","orderId":"o2","items":[{"lineId":"1","quantity":2}],\#
        "reason":"broken"}
        """#, "customer/robin"
      ),
      ("ApproveRefund", #"{"refundId":"r2"}"#, "agent/kim"),
    ]
    for (type, data, actor) in commands {
      let answer = try await redress.submit(
        "two-\(type)", type, data, actor: actor, at: type == "RecordOrder" ? nil : then)
      #expect(answer.isAccepted, "\(type): \(answer)")
    }
    #expect(try await redress.submit("two-end", "EndImport", "{}").isAccepted)
  }

  /// What became of the legs, such as `RefundLegSettled p1`.
  private func legs(_ redress: RunningRedress) throws -> [String] {
    try redress.history().compactMap { recorded in
      switch recorded.event {
      case .refund(.refundExecutionStarted(let event)):
        "started " + event.legs.map(\.paymentID.rawValue).joined(separator: " ")
      case .refund(.refundLegAccepted(let event)): "accepted \(event.paymentID)"
      case .refund(.refundLegSettled(let event)): "settled \(event.paymentID)"
      case .refund(.refundLegFailed(let event)): "failed \(event.paymentID)"
      case .refund(.refundLegOutcomeUnknown(let event)): "unknown \(event.paymentID)"
      case .refund(.refundLegReturned(let event)): "returned \(event.paymentID)"
      default: nil
      }
    }
  }

  @Test func `of which one is declined pays the other, and waits for a person`() async throws {
    let redress = try RunningRedress(behaviour: { $0.paymentID == "p2" ? .decline : .pay })
    defer { redress.removeFolder() }
    try await approved(redress)
    redress.start()
    #expect(try await redress.waitForRefund("r2", status: "partly_executed"))
    #expect(try await redress.finishPaying())
    redress.stop()
    #expect(try legs(redress) == ["started p1 p2", "settled p1", "failed p2"])
    #expect(redress.gateway.paid.count == 1 && redress.gateway.paid.amount == 200)
  }

  @Test func `of which one does not arrive asks for that one again only`() async throws {
    let redress = try RunningRedress(
      behaviour: { $0.idempotencyKey == "r2.p2.1" ? .lose : .pay })
    defer { redress.removeFolder() }
    try await approved(redress)
    redress.start()
    #expect(try await redress.waitForRefund("r2", status: "executed"))
    redress.stop()
    #expect(
      try legs(redress) == [
        "started p1 p2", "settled p1", "unknown p2", "failed p2", "started p2", "settled p2",
      ])
    #expect(redress.gateway.paid.count == 2 && redress.gateway.paid.amount == 678)
  }

  @Test func `looks up what was accepted until it is paid`() async throws {
    let redress = try RunningRedress(behaviour: { $0.paymentID == "p1" ? .pend : .pay })
    defer { redress.removeFolder() }
    try await approved(redress)
    redress.start()
    #expect(try await redress.waitForRefund("r2", status: "executed"))
    redress.stop()
    #expect(try legs(redress) == ["started p1 p2", "accepted p1", "settled p2", "settled p1"])
    #expect(redress.gateway.paid.count == 2)
  }

  /// - Parameter asked: the legs that the process had asked for when it died.
  @Test(arguments: [[], ["p1"], ["p1", "p2"]])
  func `that a crash cut short asks for no leg twice`(asked: [String]) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await approved(redress)
    redress.start(isPaying: false)
    #expect(try await redress.submit("start", "ExecuteRefund", #"{"refundId":"r2"}"#).isAccepted)
    for payment in asked {
      _ = await redress.gateway.pay(
        PaymentInstruction(
          tenant: TenantID(unchecked: "acme"), refundID: "r2", paymentID: payment,
          idempotencyKey: "r2.\(payment).1", amount: payment == "p1" ? 200 : 478,
          currency: "GBP"))
    }
    redress.stop()
    let restarted = try RunningRedress(folder: redress.folder)
    restarted.start()
    #expect(try await restarted.waitForRefund("r2", status: "executed"))
    restarted.stop()
    #expect(restarted.gateway.paid.count == 2 && restarted.gateway.paid.amount == 678)
    let unpaid = ["p1", "p2"].filter { !asked.contains($0) }.joined(separator: " ")
    #expect(
      try legs(restarted).filter { $0.hasPrefix("started") }
        == ["started p1 p2"] + (unpaid.isEmpty ? [] : ["started \(unpaid)"]))
  }

  @Test func `whose money came back is paid again when a person says so, and not before`()
    async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await approved(redress)
    redress.start()
    #expect(try await redress.waitForRefund("r2", status: "executed"))
    let back = try await redress.submit(
      "back", "RecordRefundReturned",
      #"{"refundId":"r2","paymentId":"p2","attempt":1,"reason":"The account was closed"}"#,
      actor: Self.actor)
    #expect(back.types == ["RefundLegReturned", "OrderReservationRestored"])
    #expect(try await redress.waitForRefund("r2", status: "partly_executed"))
    #expect(try await redress.finishPaying())
    #expect(redress.gateway.paid.count == 2)
    let again = try await redress.submit(
      "again", "ExecuteRefund", #"{"refundId":"r2"}"#, actor: "agent/kim")
    #expect(again.isAccepted)
    #expect(try await redress.waitForRefund("r2", status: "executed"))
    redress.stop()
    #expect(
      try legs(redress).suffix(3) == ["returned p2", "started p2", "settled p2"])
    #expect(redress.gateway.paid.count == 3)
  }
}
