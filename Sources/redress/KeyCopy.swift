// A copy of all keys: the signing keys, the master key and the personal keys. The copy and the log
// together disclose all personal data, so the copy belongs in another place than the log.

import Foundation
import PersonalData

enum KeyCopy {
  /// Copies one key folder over another, also while a service uses the first.
  static func copy(from source: String, to target: String) throws {
    try PersonalKeyFolder(path: source).copy(to: PersonalKeyFolder(path: target))
    let files = FileManager.default
    // A secret that the source no longer has is removed from the copy.
    for name in try files.contentsOfDirectory(atPath: target) where PersonalKeyFolder.isSecret(name)
    {
      try files.removeItem(atPath: "\(target)/\(name)")
    }
    for name in try files.contentsOfDirectory(atPath: source)
    where name.hasPrefix("checkpoint-") || name == "log-name" || PersonalKeyFolder.isSecret(name) {
      let bytes = try Data(contentsOf: URL(filePath: "\(source)/\(name)"))
      let copy = "\(target)/\(name)"
      try bytes.write(to: URL(filePath: copy), options: .atomic)
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
    }
  }
}
