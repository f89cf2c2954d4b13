// The process manager that tells people what happened (DOMAIN.md, Process managers; R8). What is due is read
// from a read model, how far it has come from the operational records, and both survive a restart.

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
  /// Who is not told anything any more: a read model that lags behind may still have their address. One
  /// run at a time, and none while somebody is forgotten.
  private let forgotten = Mutex<Set<Person>>([])

  private struct Person: Hashable {
    var tenant: TenantID
    var actor: Actor
  }

  /// How many events of each tenant are taken up in one go.
  private static let batchLength = 100

  /// - Parameters:
  ///   - list: what is due after these cursors, all of an event or none of it, in order.
  ///   - onFailure: told when something could not be read or handed over; the next ``wake()`` goes on
  ///     where it stopped.
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
      try forgotten.withLock { forgotten in
        while try sendBatch(without: forgotten) {}
      }
    } catch { onFailure(error) }
  }

  /// - Returns: whether there was anything.
  private func sendBatch(without forgotten: Set<Person>) throws -> Bool {
    let notices = try list(records.notificationCursors(), Self.batchLength)
    guard !notices.isEmpty else { return false }
    var next: [TenantID: Position] = [:]
    for notice in notices {
      let person = Person(tenant: notice.tenant, actor: notice.recipient)
      if notice.address != nil, !forgotten.contains(person) { try notifier.send(notice) }
      next[notice.tenant] = notice.position.advanced(by: 1)
    }
    try records.moveNotificationCursors(to: next)
    return true
  }

  /// Takes back what one of a tenant's people was not told yet, and tells them nothing any more.
  public func forget(_ recipient: Actor, of tenant: TenantID) throws {
    try forgotten.withLock { forgotten in
      forgotten.insert(Person(tenant: tenant, actor: recipient))
      try notifier.forget(recipient, of: tenant)
    }
  }
}
