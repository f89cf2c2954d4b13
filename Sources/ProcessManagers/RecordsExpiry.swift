public import EventSourcing
public import Operations
public import Projecting

/// Removes operational records whose time is over, at most one minute late.
public struct RecordsExpiry: ProcessManager {
  public let name = "records-expiry"
  public let readModel: (any ReadModel.Type)? = nil
  private let records: OperationalRecords
  private let clock: @Sendable () -> Timestamp

  /// New records expire in hours, and nothing signals them: so often the next expiry is read.
  private static let interval = Int64(30_000_000)

  public init(records: OperationalRecords, clock: @escaping @Sendable () -> Timestamp) {
    self.records = records
    self.clock = clock
  }

  public func run() throws -> Timestamp? {
    let now = clock()
    try records.expire(at: now)
    return Timestamp(microseconds: now.microseconds + Self.interval)
  }
}
