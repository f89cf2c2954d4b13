// A return of two holders that most tests about returns begin with, in each of its states.

import Domain
import EventSourcing
import Events
import Testing

/// Everything up to an open case about a delivered order, with a policy about returns.
let returning: [Event] = open + [PolicyTests.defined()]

let warehouse: Actor = "service/warehouse"

/// Asks to return units of the fixture's order.
func returning(
  _ units: [(LineID, Int)], _ reason: String = "changed_mind", as id: ReturnID = "ret_1",
  method: ReturnMethod? = nil, condition: String? = nil
) -> Command {
  .requestReturn(
    RequestReturn(
      returnID: id, caseID: "sca_9", orderID: "536365", returnMethod: method,
      lines: units.map {
        RequestedReturnLine(
          lineID: $0.0, quantity: $0.1, reason: GivenReason(code: reason), condition: condition)
      }))
}

func approveReturn(_ id: ReturnID = "ret_1") -> Command {
  .approveReturn(ApproveReturn(returnID: id))
}

func receiving(_ reports: ReceptionReport..., of id: ReturnID = "ret_1") -> Command {
  .recordReturnReception(RecordReturnReception(returnID: id, lines: reports))
}

func came(_ line: LineID, _ reception: Reception = .received, _ quantity: Int? = nil)
  -> ReceptionReport
{ ReceptionReport(lineID: line, reception: reception, quantity: quantity) }

func inspecting(_ reports: InspectionReport..., of id: ReturnID = "ret_1") -> Command {
  .inspectReturn(InspectReturn(returnID: id, lines: reports))
}

func found(
  _ line: LineID, _ acceptance: Acceptance = .accepted, _ quantity: Int? = nil,
  _ disposition: Disposition? = nil
) -> InspectionReport {
  InspectionReport(
    lineID: line, acceptance: acceptance, quantity: quantity, disposition: disposition)
}

func complete(_ resolution: ReturnResolution? = nil, _ id: ReturnID = "ret_1") -> Command {
  .completeReturn(CompleteReturn(returnID: id, resolution: resolution))
}

/// Asks for the money for a return.
func refunding(
  _ units: [(LineID, Int)], of id: ReturnID = "ret_1", as refundID: RefundID = "srf_1",
  restocking: Int? = nil, shippingFee: Int? = nil
) -> Command {
  var command = requesting(units, as: refundID, restocking: restocking, shippingFee: shippingFee)
  command.returnID = id
  return .requestRefund(command)
}

let shipped: Command = .recordReturnShipped(RecordReturnShipped(returnID: "ret_1"))
let reject: Command = .rejectReturn(RejectReturn(returnID: "ret_1", reason: "Worn"))
let cancelReturn: Command = .cancelReturn(CancelReturn(returnID: "ret_1"))
let expireReturn: Command = .expireReturn(ExpireReturn(returnID: "ret_1"))
/// 30 days after the approval at noon.
let approvalEnd: Timestamp = "2026-02-15T12:00:00Z"

/// The story of a return of two holders that are not wanted any more, up to a state.
func aReturn(in status: Return.Status) -> Story {
  let requested = given(returning).when(returning([("1", 2)]), by: customer).happens()
  func approved() -> Story { requested.when(approveReturn()).happens() }
  switch status {
  case .requested: return requested
  case .approved: return approved()
  case .inTransit: return approved().when(shipped).happens()
  case .received: return approved().when(receiving(came("1"))).happens()
  case .inspected: return aReturn(in: .received).when(inspecting(found("1"))).happens()
  case .completed: return aReturn(in: .inspected).when(complete()).happens()
  case .rejected: return requested.when(reject).happens()
  case .cancelled: return requested.when(cancelReturn).happens()
  case .expired: return approved().when(expireReturn, at: approvalEnd).happens()
  }
}

extension Story {
  /// How many units of a line another return, and a plain refund, can have; by asking for them.
  func freeUnits(_ line: LineID) -> (returnable: Int, refundable: Int) {
    func most(_ command: (Int) -> Command) -> Int {
      (1...6).last { count in
        (try? command(count).decide(in: self, facts: facts(admin, noon))) != nil
      } ?? 0
    }
    return (
      most { returning([(line, $0)], as: "ret_probe") },
      most { .requestRefund(requesting([(line, $0)], as: "srf_probe")) }
    )
  }
}
