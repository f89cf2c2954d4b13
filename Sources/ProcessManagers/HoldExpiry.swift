public import Events
public import Projections
public import SQLite

/// Expires payout holds at most one minute after their last instant (H2).
public enum HoldExpiry: DueCommands {
  public static let manager = DueWork.Manager.holdExpiry

  public static func command(for entry: DueWork.Entry, in database: Database) -> Command? {
    .expirePayoutHold(ExpirePayoutHold(holdID: HoldID(unchecked: entry.subject)))
  }
}
