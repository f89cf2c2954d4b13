public import Events
public import Projections
public import SQLite

/// Completes returns that their policy approved and whose items the customer keeps, because there
/// is no item to inspect.
public enum ReturnCompletion: DueCommands {
  public static let manager = DueWork.Manager.returnCompletion

  public static func command(for entry: DueWork.Entry, in database: Database) -> Command? {
    .completeReturn(CompleteReturn(returnID: ReturnID(unchecked: entry.subject)))
  }
}
