// The stores of personal data beside log and read models; an erasure clears each of them.

import EventSourcing
import Gateways
import Operations
import PersonalData
import ProcessManagers

/// Deletes drafts and webhooks that name a person.
struct ErasingRecords: ErasingStore {
  var records: OperationalRecords

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    try records.erase(
      tenant: person.tenant, subject: person.subject, emails: emails, orders: orders)
  }
}

/// Deletes messages to a person, and ends one that is on its way.
struct ErasingNotices: ErasingStore {
  var notifier: any Notifier
  var delivery: MailDelivery?

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    for kind in [Actor.Kind.customer, .agent] {
      let recipient = Actor(kind, person.subject)
      try notifier.forget(recipient, of: person.tenant)
      delivery?.forget(recipient, of: person.tenant)
    }
  }
}
