// Commands about a return.

import Domain
import Events

extension DecidedEvents {
  func returnCommands(_ event: ReturnEvent) -> [Command] {
    switch event {
    case .returnRequested(let event):
      // A method that the policy says may be one that the actor may not ask for.
      [
        .requestReturn(RequestReturn(event, method: event.returnMethod)),
        .requestReturn(RequestReturn(event, method: nil)),
      ]
    case .returnApproved(let event):
      [.approveReturn(ApproveReturn(returnID: event.returnID, note: event.note))]
    case .returnRejected(let event):
      [.rejectReturn(RejectReturn(returnID: event.returnID, reason: event.reason))]
    case .returnCancelled(let event):
      [.cancelReturn(CancelReturn(returnID: event.returnID, reason: event.reason))]
    case .returnShipped(let event):
      [
        .recordReturnShipped(
          RecordReturnShipped(
            returnID: event.returnID, carrier: event.carrier,
            trackingNumber: event.trackingNumber))
      ]
    case .returnExpired(let event): [.expireReturn(ExpireReturn(returnID: event.returnID))]
    case .returnLinesReceived(let event):
      [.recordReturnReception(RecordReturnReception(event))]
    case .returnLinesInspected(let event): [.inspectReturn(InspectReturn(event))]
    case .returnCompleted(let event):
      [
        .completeReturn(
          CompleteReturn(
            returnID: event.returnID, resolution: event.resolution, note: event.note)),
        .completeReturn(CompleteReturn(returnID: event.returnID, note: event.note)),
      ]
    case .returnInspected, .returnRefundRequested, .returnRefundWithdrawn: []
    }
  }
}

extension RequestReturn {
  fileprivate init(_ event: ReturnRequested, method: ReturnMethod?) {
    self.init(
      returnID: event.returnID, caseID: event.caseID, orderID: event.orderID,
      channel: event.channel, returnMethod: method,
      lines: event.lines.map { line in
        RequestedReturnLine(
          lineID: line.lineID, quantity: line.quantity, reason: line.reason,
          condition: line.condition, photos: line.photos)
      })
    // The history has one text of the customer's words on all lines.
    if event.customerWords != nil { lines[0].reason.description = event.customerWords }
  }
}

extension RecordReturnReception {
  fileprivate init(_ event: ReturnLinesReceived) {
    self.init(
      returnID: event.returnID,
      lines: event.lines.map {
        ReceptionReport(lineID: $0.lineID, reception: $0.reception, quantity: $0.quantity)
      })
  }
}

extension InspectReturn {
  fileprivate init(_ event: ReturnLinesInspected) {
    self.init(
      returnID: event.returnID,
      lines: event.lines.map { line in
        InspectionReport(
          lineID: line.lineID, acceptance: line.acceptance, quantity: line.quantity,
          disposition: line.disposition, condition: line.condition, note: line.note)
      })
  }
}
