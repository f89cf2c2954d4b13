public import Events
public import Projections
public import SQLite

/// Approves refunds of completed returns within the limit of their policy (R5). Refunds that a rule
/// refuses, as those of what a person denied before, are left to agents.
public enum RefundApproval: DueCommands {
  public static let manager = DueWork.Manager.refundApproval

  public static func command(
    for entry: DueWork.Entry, in database: Database
  ) throws -> Command? {
    try DueWork.refund(
      ofReturn: ReturnID(unchecked: entry.subject), tenant: entry.tenant, in: database
    ).map { .approveRefund(ApproveRefund(refundID: $0)) }
  }
}
