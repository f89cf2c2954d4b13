// A return that the policy decides about, and the process managers that act on it.

import CommandHandling
import EventSourcing
import Events
import ProcessManagers
import Projecting
import Projections
import RunningRedress
import Testing

extension RunningRedress {
  static let noon = "2026-01-16T12:00:00.000000Z"

  private static let returnManagers: [any DueCommands.Type] = [
    ReturnApproval.self, ReturnCompletion.self, ReturnRefund.self, RefundApproval.self,
  ]

  /// A return of one unit of order `o1`; the limit lets its refund be approved, or does not.
  static func withReturn(
    limit: Int, auto: Bool = true, method: String = "customer_ships"
  ) async throws -> RunningRedress {
    let redress = try RunningRedress(now: Timestamp(Self.noon))
    try await redress.prepare()
    #expect(try await redress.submit("end", "EndImport", "{}").isAccepted)
    redress.start(isPaying: false)
    try await redress.accept("ChangeTenantSettings", #"{"autoApproveLimit":\#(limit)}"#)
    try await redress.accept(
      "DefinePolicy",
      #"{"policyId":"p","name":"P","rules":[],"active":true,"#
        + #""defaultAction":{"eligible":true,"autoApprove":\#(auto),"returnMethod":"\#(method)"}}"#)
    try await redress.accept(
      "RequestReturn",
      #"{"returnId":"ret1","caseId":"k1","orderId":"o1","#
        + #""lines":[{"lineId":"1","quantity":1,"reason":{"code":"size"}}]}"#)
    return redress
  }

  func accept(_ type: String, _ data: String) async throws {
    let answer = try await submit("do-\(type)", type, data)
    #expect(answer.rejection == nil, "\(answer)")
  }

  /// Runs new managers each time, as after a restart.
  func wakeReturnManagers(times: Int = 1) async throws {
    for _ in 0..<times {
      #expect(await settle())
      for manager in Self.returnManagers { try await run(manager) }
    }
    #expect(await settle())
  }

  /// Receives, inspects and completes the return.
  func lookThroughReturn() async throws {
    try await accept(
      "RecordReturnReception",
      #"{"returnId":"ret1","lines":[{"lineId":"1","reception":"received"}]}"#)
    try await accept(
      "InspectReturn",
      #"{"returnId":"ret1","lines":[{"lineId":"1","acceptance":"accepted"}]}"#)
    try await accept("CompleteReturn", #"{"returnId":"ret1"}"#)
  }

  func returnRow(_ id: String = "ret1") throws -> ReturnRow? {
    try projections.read(Returns.self) {
      try Returns.return(ReturnID(unchecked: id), tenant: TenantID(unchecked: "acme"), in: $0)
    }
  }
}
