// The keys that sign a data folder's checkpoints, and the name of its log. The name never changes:
// it is the first part of every origin, so another name would mean another log.

import Foundation
public import Transparency

/// The signing keys and the log name of checkpoints.
public struct LogKeys: Sendable {
  public let name: String
  public let keys: CheckpointKeys

  private static let defaultName = "redress"

  /// Reads the keys and the name, creating them where an unfinished creation left none.
  ///
  /// - Parameter name: the name of a new log; must equal the name of an existing one.
  init(creatingIn folder: DataFolder, name: String?) throws {
    if let name { try Self.requireValid(name) }
    keys = try KeyFolder(path: folder.keys).open()
    if let kept = try Self.name(in: folder) {
      self.name = kept
      if let name, name != kept { throw DataFolderError.otherLogName(kept: kept, given: name) }
    } else {
      self.name = name ?? Self.defaultName
      try DurableFile.replace(
        Self.file(in: folder), with: Array("\(self.name)\n".utf8), mode: 0o600)
    }
  }

  /// Reads the keys and changes nothing.
  ///
  /// - Returns: `nil` where there are no keys, or no name.
  public init?(existing folder: DataFolder) throws {
    guard let keys = try KeyFolder(path: folder.keys).existing(),
      let name = try Self.name(in: folder)
    else { return nil }
    (self.name, self.keys) = (name, keys)
  }

  /// The keys of a folder that must have them: a log that signs under other ones is another log.
  ///
  /// - Throws: ``DataFolderError/noKeys(path:)``
  public static func required(in folder: DataFolder) throws -> LogKeys {
    guard let keys = try LogKeys(existing: folder) else {
      throw DataFolderError.noKeys(path: folder.path)
    }
    return keys
  }

  private static func file(in folder: DataFolder) -> String { folder.keys + "/log-name" }

  static func requireValid(_ name: String) throws {
    guard isValid(name) else { throw DataFolderError.noLogName(name) }
  }

  /// Whether a log can have a name: it begins every checkpoint's origin.
  public static func isValid(_ name: String) -> Bool {
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
      throw DataFolderError.damagedLogName(path: path)
    }
    return name
  }
}
