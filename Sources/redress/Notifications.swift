// Puts the parts together that tell people what happened: the read model that says what is due, the
// records that say how far that has come, and the outbox.

import EventLog
import EventSourcing
import Gateways
import Operations
import Projecting
import Projections

/// The process manager that tells people, from this moment of the history on if it never ran
/// before.
func notifying(
  _ records: OperationalRecords, _ projections: ProjectionRuntime, in folder: DataFolder,
  outbox: OutboxNotifier
) throws -> Notifying {
  try records.beginNotifications {
    let tenants = try LogSummary(folder: folder.log).tenants
    return Dictionary(uniqueKeysWithValues: tenants.map { ($0.name, Position($0.eventCount)) })
  }
  return Notifying(
    records: records, notifier: outbox,
    list: { cursors, limit in
      try projections.read(Notifications.self) {
        try Notifications.due(after: cursors, limit: limit, in: $0)
      }
    },
    onFailure: { say("people cannot be told what happened, which will be tried again: \($0)") })
}

/// Tells people within a second of what happened.
func notifyForEver(_ notifying: Notifying) async {
  while !Task.isCancelled {
    notifying.wake()
    try? await Task.sleep(for: .seconds(1))
  }
}
