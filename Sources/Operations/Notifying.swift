// The process manager that tells people what happened (rule book, Process managers; R8). What is
// due is read from a read model, how far it has come from the operational records, and both survive
// a restart.

public import EventSourcing
public import Gateways
import Synchronization

/// Hands over every message that is due, once.
public final class Notifying: Sendable {
  public typealias List =
    @Sendable (_ after: [TenantID: Position], _ limit: Int) throws -> [Notice]

  private let records: OperationalRecords
  private let notifier: any Notifier
  private let list: List
  private let onFailure: @Sendable (any Error) -> Void
  /// One run at a time.
  private let running = Mutex(())

  /// How many events of each tenant are taken up in one go.
  private static let batchLength = 100

  /// - Parameters:
  ///   - list: what is due after these cursors, all of an event or none of it, in order.
  ///     - onFailure: told when something could not be read or handed over; the next ``wake()``
  ///     goes on where it stopped.
  public init(
    records: OperationalRecords, notifier: any Notifier, list: @escaping List,
    onFailure: @escaping @Sendable (any Error) -> Void
  ) {
    self.records = records
    self.notifier = notifier
    self.list = list
    self.onFailure = onFailure
  }

  /// Hands over what is due now.
  public func wake() {
    do {
      try running.withLock { _ in
        while try sendBatch() {}
      }
    } catch { onFailure(error) }
  }

  /// - Returns: whether there was anything.
  private func sendBatch() throws -> Bool {
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
