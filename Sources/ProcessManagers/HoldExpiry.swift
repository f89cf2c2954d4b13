public import Events
public import Projections
public import SQLite

/// Ends payout holds whose time is over, at most one minute late (H2).
public enum HoldExpiry: DueCommands {
  public static let manager = DueWork.Manager.holdExpiry

  public static func command(for entry: DueWork.Entry, in database: Database) -> Command? {
    .expirePayoutHold(ExpirePayoutHold(holdID: HoldID(unchecked: entry.subject)))
  }
}
