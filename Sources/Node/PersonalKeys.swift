// The personal keys of a data folder.

import EventLog
public import EventSourcing
import Events
import Foundation
public import PersonalData

extension DataFolder {
  /// Opens the personal keys, creating the folder's first master key if there is none.
  ///
  /// - Throws: when the log holds sealed texts and the keys are missing; new keys open none of
  ///   them.
  public func openPersonalKeys() throws -> (vault: PersonalVault, store: SQLiteKeyStore) {
    try PersonalKeyFolder(path: keys).open(needsKeys: logHoldsSealedTexts)
  }

  /// The personal keys for reading; `nil` if they are missing or this user may not read them.
  public func personalKeysForReading() throws -> (vault: PersonalVault, store: SQLiteKeyStore)? {
    guard access(keys, R_OK | X_OK) == 0 else { return nil }
    return try PersonalKeyFolder(path: keys).openForReading()
  }

  /// The erased persons according to the log, each with the position of the erasure.
  public func erasedPersons() throws -> [(person: Person, position: Position)] {
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
    guard access(log, F_OK) == 0 else { return false }
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
