public import Events
public import Projections
public import SQLite

/// Approves returns whose policy approves them automatically (V2). Returns of what a person refused
/// before are left to agents (R5): the command is refused once.
public enum ReturnApproval: DueCommands {
  public static let manager = DueWork.Manager.returnApproval

  public static func command(for entry: DueWork.Entry, in database: Database) -> Command? {
    .approveReturn(ApproveReturn(returnID: ReturnID(unchecked: entry.subject)))
  }
}
