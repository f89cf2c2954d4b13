// The personal keys of a data folder.

import EventLog
import EventSourcing
import Events
import Foundation
import Gateways
import Operations
import PersonalData

extension DataFolder {
  /// Opens the personal keys, making the folder's first master key where there is none yet.
  ///
  /// - Throws: when the log holds sealed texts and the keys are not there: new ones open nothing.
  func openPersonalKeys() throws -> (vault: PersonalVault, store: SQLiteKeyStore) {
    try PersonalKeyFolder(path: keys).open(needsKeys: logHoldsSealedTexts)
  }

  /// The personal keys, for whoever changes nothing; `nil` where they are not there, or not to be
  /// read.
  func personalKeysForReading() throws -> (vault: PersonalVault, store: SQLiteKeyStore)? {
    guard access(keys, R_OK | X_OK) == 0 else { return nil }
    return try PersonalKeyFolder(path: keys).openForReading()
  }

  /// The persons who were erased, by the log alone, each with the position that says so.
  func erasedPersons() throws -> [(person: Person, position: Position)] {
    var erased: [(Person, Position)] = []
    try LogReader(folder: log).forEachCommit(upTo: nil) { commit in
      try commit.forEachLine { line in
        let header = try EventHeader(line: line)
        guard header.type == SubjectErased.typeName,
          case .privacy(.subjectErased(let event)) = try header.event(in: line)
        else { return }
        erased.append((Person(event.subjectID.rawValue, of: header.tenant), header.position))
      }
      return true
    }
    return erased
  }

  private func logHoldsSealedTexts() throws -> Bool {
    let prefix = Array("\"enc:v1:".utf8)
    var isFound = false
    try LogReader(folder: log).forEachCommit(upTo: nil) { commit in
      commit.forEachLine { line in
        isFound = isFound || line.firstRange(of: prefix) != nil
      }
      return !isFound
    }
    return isFound
  }
}

/// Drafts and webhooks that name a person.
struct ErasingRecords: ErasingStore {
  var records: OperationalRecords

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    try records.erase(
      tenant: person.tenant, subject: person.subject, emails: emails, orders: orders)
  }
}

/// Messages that wait to be delivered to a person.
struct ErasingNotices: ErasingStore {
  var notifier: any Notifier

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    for kind in [Actor.Kind.customer, .agent] {
      try notifier.forget(Actor(kind, person.subject), of: person.tenant)
    }
  }
}
