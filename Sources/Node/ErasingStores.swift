// The stores beside log and read models that hold personal data, each of which forgets a person.

import EventSourcing
import Gateways
import Operations
import PersonalData

/// Forgets drafts and webhooks that name a person.
struct ErasingRecords: ErasingStore {
  var records: OperationalRecords

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    try records.erase(
      tenant: person.tenant, subject: person.subject, emails: emails, orders: orders)
  }
}

/// Forgets messages that wait to be delivered to a person.
struct ErasingNotices: ErasingStore {
  var notifier: any Notifier

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    for kind in [Actor.Kind.customer, .agent] {
      try notifier.forget(Actor(kind, person.subject), of: person.tenant)
    }
  }
}
