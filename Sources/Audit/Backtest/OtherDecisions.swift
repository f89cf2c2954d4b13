// Requests that a change would have decided otherwise and not refused: returns with other fees or
// approvals, and their refunds with other amounts. The later steps of these returns follow from the
// other decision; all the rest of the history is as it was.

import Domain
import Events

/// What would be recorded of some returns and their refunds.
struct OtherDecisions {
  private var returns: [ReturnID: ReturnRequested] = [:]
  private var refunds: [RefundID: RefundRequested] = [:]

  /// Keeps requests that differ from those that are recorded.
  mutating func note(_ decided: [Event], insteadOf recorded: [Event]) {
    for (decided, recorded) in zip(decided, recorded) {
      if case .return(.returnRequested(let ours)) = decided,
        case .return(.returnRequested(let theirs)) = recorded,
        ours.lines.map(\.decision.action) != theirs.lines.map(\.decision.action)
      {
        returns[ours.returnID] = ours
      }
      if case .refund(.refundRequested(let ours)) = decided,
        case .refund(.refundRequested(let theirs)) = recorded,
        ours.requestedAmount != theirs.requestedAmount
      {
        refunds[ours.refundID] = ours
      }
    }
  }

  /// A command with the state in which it would have been decided.
  func applied(
    to command: Command, in state: TenantState
  ) throws -> (command: Command, state: TenantState) {
    if returns.isEmpty { return (command, state) }
    var (command, state) = (command, state)
    if let id = state.returnID(of: command), let request = returns[id] {
      state.set(.return(id), to: .return(state.return(id).decided(as: request)))
    }
    if case .refund(.approveRefund(var approval)) = command,
      let request = refunds[approval.refundID]
    {
      let recorded = state.refund(approval.refundID).requestedAmount
      let approved = approval.approvedAmount ?? recorded
      // What was approved in part stays as much. In full, it is all that is requested now.
      if approved == recorded || approved > request.requestedAmount {
        approval.approvedAmount = nil
        command = .refund(.approveRefund(approval))
        var refund = Refund()
        try refund.fold(.refund(.refundRequested(request)))
        state.set(.refund(approval.refundID), to: .refund(refund))
      }
    }
    return (command, state)
  }
}

extension TenantState {
  /// The return that a command is about.
  fileprivate func returnID(of command: Command) -> ReturnID? {
    switch command {
    case .refund(.requestRefund(let command)): command.returnID
    case .refund(.approveRefund(let command)): refund(command.refundID).returnID
    case .return(.approveReturn(let command)): command.returnID
    case .return(.completeReturn(let command)): command.returnID
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system: nil
    }
  }
}
