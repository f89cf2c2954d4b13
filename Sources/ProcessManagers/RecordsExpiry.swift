public import EventSourcing
public import Operations
public import Projecting

/// Removes operational records at most one minute after their expiry.
public struct RecordsExpiry: ProcessManager {
  public let name = "records-expiry"
  public let readModel: (any ReadModel.Type)? = nil
  private let records: OperationalRecords
  private let clock: @Sendable () -> Timestamp

  /// The interval of reading the next expiry: new records send no signal and last for hours.
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
