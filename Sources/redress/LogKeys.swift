// The keys of a data folder, and the name under which its log signs. The name is chosen once: it is
// the first part of every origin, so changing it would look like another log.

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
    if let kept = try Self.name(in: folder) {
      self.name = kept
      if let name, name != self.name {
        throw Stop.unable(
          "this log signs as \(self.name), and \(name) was given; a log keeps its name for ever")
      }
    } else {
      self.name = name ?? Self.defaultName
      guard Self.isValid(self.name) else {
        throw Stop.usage(
          "\(self.name) is no log name; it has no spaces and no +, such as redress.example")
      }
      try Data("\(self.name)\n".utf8).write(
        to: URL(filePath: Self.file(in: folder)), options: .atomic)
    }
  }

  /// Reads the keys and changes nothing.
  ///
  /// - Returns: `nil` where there are no keys, or no name.
  init?(existing folder: DataFolder) throws {
    guard let keys = try KeyFolder(path: folder.keys).existing(),
      let name = try Self.name(in: folder)
    else { return nil }
    (self.name, self.keys) = (name, keys)
  }

  private static func file(in folder: DataFolder) -> String { folder.keys + "/log-name" }

  private static func isValid(_ name: String) -> Bool {
    !name.isEmpty && VerifierKey.isValid(name: name + "/x")
  }

  /// - Returns: `nil` where there is no such file.
  private static func name(in folder: DataFolder) throws -> String? {
    let path = file(in: folder)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    let name = String(data: bytes, encoding: .utf8)?
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard let name, isValid(name) else {
      throw Stop.unable(
        "\(path) does not hold the log's name, which every checkpoint begins with; write it there "
          + "again, or restore the file from a backup")
    }
    return name
  }
}
