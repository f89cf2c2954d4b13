/// Every process manager that submits the commands of the due work.
public let allDueCommands: [any DueCommands.Type] = [
  HoldExpiry.self, ReturnApproval.self, ReturnCompletion.self, ReturnExpiry.self,
  ReturnRefund.self, RefundApproval.self, SlaClocks.self,
]
