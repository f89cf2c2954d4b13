// The folder of all files of a service. What must hold: only `redress init` creates one, so that a
// mistyped path never starts a new history, and the log's folder is created last, so that an
// unfinished creation leaves no data folder.

import Foundation
import Glibc

/// The paths of one data folder.
public struct DataFolder: Sendable {
  public let path: String

  public var log: String { path + "/log" }
  public var readModels: String { path + "/read-models" }
  public var keys: String { path + "/keys" }
  public var evidence: String { path + "/evidence" }
  public var operations: String { path + "/operations.sqlite" }
  public var outbox: String { path + "/outbox" }
  /// What an operator has decided.
  public var settings: String { path + "/redress.json" }
  /// The records of the simulated payment provider.
  public var simulatedProvider: String { path + "/simulated-provider.tsv" }
  var lockFile: String { path + "/lock" }

  /// A folder that may hold nothing yet.
  public init(at path: String) { self.path = path }

  /// A folder that must be a data folder.
  ///
  /// - Throws: ``DataFolderError``
  public init(existing path: String) throws {
    try self.init(served: path)
    guard access(log, R_OK | X_OK) == 0 else { throw DataFolderError.noAccess(path: log) }
  }

  /// A folder that must be a data folder, whose log this user need not be allowed to read: its
  /// service answers.
  ///
  /// - Throws: ``DataFolderError``
  public init(served path: String) throws {
    self.path = path
    var status = stat()
    guard stat(log, &status) == 0 else {
      throw errno == EACCES
        ? DataFolderError.noAccess(path: path) : .notADataFolder(path: path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw DataFolderError.notADataFolder(path: path)
    }
  }

  /// Creates a data folder with its keys and an empty log.
  ///
  /// - Parameter logName: the first part of every checkpoint's origin, chosen once.
  /// - Throws: ``DataFolderError``, also if there is a data folder already.
  public init(creating path: String, logName: String? = nil) throws {
    self.path = path
    guard access(log, F_OK) != 0 else { throw DataFolderError.exists(path: path) }
    if let logName { try LogKeys.requireValid(logName) }
    try requireNothingElse()
    try Self.makeFolder(path)
    Self.restrictNewFiles()
    guard access(path, W_OK | X_OK) == 0 else {
      throw DataFolderError.notMade(
        path: path, reason: "permission denied; choose another place or change its owner")
    }
    do {
      _ = try LogKeys(creatingIn: self, name: logName)
      _ = try openPersonalKeys()
    } catch let error as CocoaError {
      throw DataFolderError.notMade(path: path, reason: Self.reason(error))
    }
    try Self.makeFolder(readModels)
    try Self.makeFolder(log, mode: 0o700)
  }

  /// What an unfinished creation leaves behind, settings, and an empty file system.
  private static let allowedBefore: Set<String> = [
    "keys", "read-models", "redress.json", "lost+found",
  ]

  /// Refuses a folder in use for something else, whose permissions are not ours to change.
  private func requireNothingElse() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if let name = names.filter({ !Self.allowedBefore.contains($0) }).min() {
      throw DataFolderError.inUse(path: path, holding: name)
    }
  }

  /// Creates a folder, or adapts an existing one; by default the group may look into it.
  private static func makeFolder(_ path: String, mode: mode_t = 0o750) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: Int(mode)])
    } catch { throw DataFolderError.notMade(path: path, reason: Self.reason(error)) }
    try Self.restrict(path, to: mode)
  }

  /// The cause and the remedy, more precise than Foundation's message.
  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileWriteNoPermission: "permission denied; choose another place or change its owner"
    case .fileWriteFileExists: "a file is in its way; move it or choose another place"
    case .fileWriteOutOfSpace: "the disk is full; free space or choose another place"
    case .fileWriteVolumeReadOnly: "that file system is read-only; choose another place"
    default:
      (error as? CocoaError)?.systemReason ?? error.localizedDescription
    }
  }

  /// The most bytes that opening the stores takes.
  public static let spaceNeeded = 4 << 20

  /// Refuses to start on a full disk. SQLite shares memory through mapped files, and the system
  /// ends a process (SIGBUS) that writes to one where the disk has no room.
  func requireSpace() throws {
    var disk = statvfs()
    guard statvfs(path, &disk) == 0 else { return }
    let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
    guard free < Self.spaceNeeded else { return }
    throw DataFolderError.full(path: path, free: free, needed: Self.spaceNeeded)
  }
}

extension CocoaError {
  /// What the system said; `nil` where the error is Foundation's own.
  package var systemReason: String? {
    (underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
  }
}

/// Why a data folder cannot be used.
public enum DataFolderError: Error, Sendable, Hashable, CustomStringConvertible {
  case notADataFolder(path: String)
  case exists(path: String)
  case inUse(path: String, holding: String)
  case noKeys(path: String)
  case noAccess(path: String)
  case foreignOwner(path: String, owner: UInt32, user: UInt32)
  case notMade(path: String, reason: String)
  case full(path: String, free: UInt64, needed: Int)
  case foreignFile(path: String, owner: UInt32, user: UInt32, group: String, reason: String)
  case notShared(path: String, group: String, reason: String)
  case served(path: String, holder: DataFolder.Holder)
  case lockFile(path: String, reason: String)
  case otherLogName(kept: String, given: String)
  case noLogName(String)
  case damagedLogName(path: String)
  case damagedReadModelKey(path: String)

  public var description: String {
    switch self {
    case .notADataFolder(let path):
      "\(path) is no data folder: it has no folder log. redress init makes one, in a new or an "
        + "empty folder."
    case .exists(let path): "\(path) is a data folder already. Nothing was changed."
    case .inUse(let path, let name):
      "\(path) holds \(name), so it is in use for something else; choose an empty folder or "
        + "one that does not exist. Nothing was changed."
    case .noKeys(let path):
      "\(path) has a log but not the keys and the name that sign it in \(path)/keys. Put the copy "
        + "of redress keys backup there; if this is no data folder, redress init creates one in "
        + "another place. Nothing was changed."
    case .noAccess(let path):
      "permission denied: this user may not read \(path); run as the user that the service runs "
        + "as, or change the owner or the permissions of the folder"
    case .foreignOwner(let path, let owner, let user):
      "\(path) belongs to user \(owner), who could read and exchange what is in it, not to user "
        + "\(user), who runs this. chown it, or run as \(owner)."
    case .notMade(let path, let reason): "cannot make the data folder \(path): \(reason)"
    case .full(let path, let free, let needed):
      "\(path) is on a disk that is full: \(free) bytes are left, and starting takes up to "
        + "\(needed); free some space, then start again. Nothing was changed."
    case .foreignFile(let path, let owner, let user, let group, let reason):
      "\(path) belongs to user \(owner), and only its owner can give it to the group \(group), "
        + "which redress.json names under files: \(reason). chown it to user \(user), who runs "
        + "this, or move it out of the folder if it is no part of it, then start again."
    case .notShared(let path, let group, let reason):
      "cannot give \(path) to the group \(group), which redress.json names under files: \(reason); "
        + "the user of the service must belong to the group"
    case .served(let path, let holder):
      "\(path) is served by process \(holder.pid) already"
        + (holder.socket.map { " on \($0)" } ?? "")
        + "; stop that one first, or use another --data folder."
    case .lockFile(let path, let reason): "cannot open \(path): \(reason)"
    case .otherLogName(let kept, let given):
      "this log signs as \(kept), and \(given) was given; a log never changes its name"
    case .noLogName(let name):
      "\(name) is no log name; it has no spaces and no +, such as redress.example"
    case .damagedReadModelKey(let path):
      "\(path) does not hold a key of 64 hexadecimal digits and a line feed; remove it, and the "
        + "next start makes another one and builds the read models anew"
    case .damagedLogName(let path):
      "\(path) does not hold the log's name, which every checkpoint begins with; write it there "
        + "again, or restore the file from a backup"
    }
  }
}
