// The keys of a data folder, and the name under which its log signs. The name is chosen once: it is the
// first part of every origin, so changing it would look like another log.

import EventSourcing
import Foundation
import Transparency

struct LogKeys {
  var name: String
  var keys: CheckpointKeys

  private static let defaultName = "redress"

  /// Reads the keys, making the first one, and the name, where there are none yet.
  ///
  /// - Parameter name: the name to begin with; must be the one in use if there is one.
  init(opening folder: DataFolder, name: String? = nil) throws {
    keys = try KeyFolder(path: folder.keys).open()
    let file = folder.keys + "/log-name"
    if let kept = try? String(contentsOfFile: file, encoding: .utf8) {
      self.name = kept.trimmingCharacters(in: .whitespacesAndNewlines)
      if let name, name != self.name {
        throw Stop.unable(
          "this log signs as \(self.name), and \(name) was given; a log keeps its name for ever")
      }
    } else {
      self.name = name ?? Self.defaultName
      guard VerifierKey.isValid(name: self.name + "/x") else {
        throw Stop.usage(
          "\(self.name) is no log name; it has no spaces and no +, such as redress.example")
      }
      try Data("\(self.name)\n".utf8).write(to: URL(filePath: file), options: .atomic)
    }
  }
}
