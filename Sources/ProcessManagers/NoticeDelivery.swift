// Delivers the notices of events (rule book, Process managers; R8). The due notices come from a
// read model and the delivered position from the operational records; both survive a restart.

public import EventSourcing
public import Gateways
public import Operations
public import Projecting
import Projections
import Synchronization

/// Passes every due notice to the notifier, once.
public final class NoticeDelivery: ProcessManager {
  public typealias List =
    @Sendable (_ after: [TenantID: Position], _ limit: Int) throws -> [Notice]

  public let name = "notification"
  public let readModel: (any ReadModel.Type)? = Notifications.self
  private let records: OperationalRecords
  private let notifier: any Notifier
  private let list: List
  /// One run at a time.
  private let running = Mutex(())

  /// The number of events of each tenant that are read together.
  private static let batchLength = 100

  /// - Parameter list: the notices after these cursors, in order; all notices of an event or none.
  public init(records: OperationalRecords, notifier: any Notifier, list: @escaping List) {
    self.records = records
    self.notifier = notifier
    self.list = list
  }

  public convenience init(
    records: OperationalRecords, notifier: any Notifier, projections: ProjectionRuntime
  ) {
    self.init(records: records, notifier: notifier) { cursors, limit in
      try projections.read(Notifications.self) {
        try Notifications.due(after: cursors, limit: limit, in: $0)
      }
    }
  }

  public func run() throws -> Timestamp? {
    try running.withLock { _ in
      while try deliverBatch() {}
    }
    return nil
  }

  /// - Returns: whether any notice was due.
  private func deliverBatch() throws -> Bool {
    let notices = try list(records.notificationCursors(), Self.batchLength)
    guard !notices.isEmpty else { return false }
    var next: [TenantID: Position] = [:]
    for notice in notices {
      if notice.address != nil { try notifier.send(notice) }
      next[notice.tenant] = notice.position.advanced(by: 1)
    }
    try records.moveNotificationCursors(to: next)
    return true
  }
}
