public import Events
public import Projections
public import SQLite

/// Approves the returns that their policy approves without a person (V2).
public enum ReturnApproval: DueCommands {
  public static let manager = DueWork.Manager.returnApproval

  public static func command(for entry: DueWork.Entry, in database: Database) -> Command? {
    .approveReturn(ApproveReturn(returnID: ReturnID(unchecked: entry.subject)))
  }
}
