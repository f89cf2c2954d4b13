public import Events
public import Projections
public import SQLite

/// Expires approved returns that were not shipped in time.
public enum ReturnExpiry: DueCommands {
  public static let manager = DueWork.Manager.returnExpiry

  public static func command(for entry: DueWork.Entry, in database: Database) -> Command? {
    .expireReturn(ExpireReturn(returnID: ReturnID(unchecked: entry.subject)))
  }
}
