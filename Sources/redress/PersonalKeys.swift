// The personal keys of a data folder.

import EventLog
import Foundation
import PersonalData

extension DataFolder {
  /// Opens the personal keys, making the folder's first master key where there is none yet.
  ///
  /// - Throws: when the log holds sealed texts and the keys are not there: new ones open nothing.
  func openPersonalKeys() throws -> (vault: PersonalVault, store: SQLiteKeyStore) {
    try PersonalKeyFolder(path: keys).open(needsKeys: logHoldsSealedTexts)
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
