public import Events
public import Projections
public import SQLite

/// Requests the refund of a completed return (V3).
public enum ReturnRefund: DueCommands {
  public static let manager = DueWork.Manager.returnRefund

  public static func command(
    for entry: DueWork.Entry, in database: Database
  ) throws -> Command? {
    try DueWork.refundRequest(
      of: ReturnID(unchecked: entry.subject), tenant: entry.tenant, in: database
    ).map { .requestRefund($0) }
  }
}
