public import Events
public import Projections
public import SQLite

/// Approves refunds of completed returns within the limit of their policy (R5). What a rule refuses
/// is left to people, and so is a refund that a person denied.
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
