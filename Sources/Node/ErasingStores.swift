// The stores of personal data beside log and read models; an erasure clears each of them.

import EventSourcing
import Gateways
import Operations
import PersonalData

/// Deletes drafts and webhooks that name a person.
struct ErasingRecords: ErasingStore {
  var records: OperationalRecords

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    try records.erase(
      tenant: person.tenant, subject: person.subject, emails: emails, orders: orders)
  }
}

/// Deletes undelivered messages to a person.
struct ErasingNotices: ErasingStore {
  var notifier: any Notifier

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    for kind in [Actor.Kind.customer, .agent] {
      try notifier.forget(Actor(kind, person.subject), of: person.tenant)
    }
  }
}
