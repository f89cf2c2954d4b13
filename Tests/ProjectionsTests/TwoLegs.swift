// A refund that goes back by two payments.

import CommandHandling
import RunningRedress
import Testing

extension RunningRedress {
  /// Records an order of GBP 6.78 that was paid by `pay_1`, GBP 3.00, and `pay_2`, GBP 3.78, and
  /// approves a refund of all of it; then the import ends, and it may be paid.
  func approveTwoLegs(_ refund: String = "r1", by approver: String = "agent/kim") async throws {
    let then = "2026-01-16T10:00:00Z"
    let captured = #""capturedAt":"2026-01-05T09:30:00Z","provider":"acme_pay""#
    let commands: [(type: String, data: String, actor: String?, time: String?)] = [
      ("BeginImport", "{}", nil, nil),
      (
        "RecordOrder",
        #"{"orderId":"o2","customerId":"robin","source":"api","currency":"GBP","#
          + #""placedAt":"2026-01-05T09:30:00Z","deliveredAt":"2026-01-07T12:00:00Z","#
          + #""lines":[{"lineId":"1","title":"Lantern","quantity":2,"unitPrice":339}],"#
          + #""payments":[{"paymentId":"pay_1","amount":300,\#(captured)},"#
          + #"{"paymentId":"pay_2","amount":378,\#(captured)}]}"#, nil, nil
      ),
      (
        "OpenCase",
        #"{"caseId":"k2","customerId":"robin","orderId":"o2","title":"Broken","type":"product"}"#,
        "customer/robin", nil
      ),
      (
        "RequestRefund",
        #"{"refundId":"\#(refund)","caseId":"k2","orderId":"o2","#
          + #""items":[{"lineId":"1","quantity":2}],"reason":"broken"}"#, "customer/robin", then
      ),
      ("ApproveRefund", #"{"refundId":"\#(refund)"}"#, approver, "2026-01-16T10:05:00Z"),
      ("EndImport", "{}", nil, nil),
    ]
    for (number, command) in commands.enumerated() {
      let answer = try await submit(
        "two-\(number)", command.type, command.data, actor: command.actor, at: command.time)
      try #require(answer.isAccepted || command.type == "BeginImport", "\(answer)")
    }
  }
}
