// `files` of redress.json: which groups of this machine reach which files of a data folder, beside
// the user that the service runs as.
//
//   {"files": {"socketGroup": "redress-callers", "auditorsGroup": "auditors"}}
//
// What must hold: a group that does not exist, or that this user may not give to a file, is
// refused before anything is changed.

import Glibc
import JSON

/// The groups of a data folder's files.
public struct FileGroups: Sendable, Hashable {
  public struct Group: Sendable, Hashable {
    public var name: String
    public var id: UInt32
  }

  /// May open the socket; the group that the process creates files with if `nil`.
  public var socket: Group?
  /// May read the log's folder; only the service's user if `nil`.
  public var auditors: Group?

  public init() {}

  /// May pass through the data folder; it stays what it is if `nil`.
  public var passing: Group? { auditors ?? socket }
}

/// The names of the groups, as the file has them.
struct FileGroupNames: Sendable, Hashable {
  static let socketKey = "socketGroup"
  static let auditorsKey = "auditorsGroup"

  var socket: String?
  var auditors: String?
}

extension SettingsObject {
  /// - Throws: ``SettingsError``.
  mutating func fileGroups() throws(SettingsError) -> FileGroupNames {
    guard let value = take("files") else { return FileGroupNames() }
    var entry = try SettingsObject(value, file: file, path: "\(path).files")
    var names = FileGroupNames()
    for (key, place) in [
      (FileGroupNames.socketKey, \FileGroupNames.socket),
      (FileGroupNames.auditorsKey, \FileGroupNames.auditors),
    ] {
      guard let value = entry.take(key) else { continue }
      guard let name = value.string, !name.isEmpty else {
        throw entry.error(
          at: key, "\(value.text) is not the name of a group, such as redress-callers")
      }
      names[keyPath: place] = name
    }
    try entry.finish()
    return names
  }
}

extension Settings {
  /// The groups that the file names.
  ///
  /// - Throws: ``SettingsError`` for one that this machine does not have, or that this user may not
  ///   give.
  public func fileGroups() throws(SettingsError) -> FileGroups {
    var groups = FileGroups()
    groups.socket = try resolve(groupNames.socket, at: FileGroupNames.socketKey)
    groups.auditors = try resolve(groupNames.auditors, at: FileGroupNames.auditorsKey)
    return groups
  }

  private func resolve(_ name: String?, at key: String) throws(SettingsError) -> FileGroups.Group? {
    guard let name else { return nil }
    let place = "$.files.\(key)"
    guard let id = groupID(of: name) else {
      throw SettingsError(
        file: file, path: place,
        problem: "\(name) is no group of this machine; getent group lists those that there are, "
          + "and groupadd --system \(name) makes it")
    }
    guard canGive(id) else {
      throw SettingsError(
        file: file, path: place,
        problem:
          "\(name) is a group that the user \(geteuid()) is not in, so this user may not give "
          + "it to a file; usermod -aG \(name) USER puts the service's user into it")
    }
    return FileGroups.Group(name: name, id: id)
  }

  private func groupID(of name: String) -> gid_t? {
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    var texts = [CChar](repeating: 0, count: 1 << 16)
    guard getgrnam_r(name, &entry, &texts, texts.count, &found) == 0, found != nil else {
      return nil
    }
    return entry.gr_gid
  }

  private func canGive(_ group: gid_t) -> Bool {
    if geteuid() == 0 || getegid() == group { return true }
    var groups = [gid_t](repeating: 0, count: Int(max(getgroups(0, nil), 0)))
    let count = getgroups(Int32(groups.count), &groups)
    return groups.prefix(Int(max(count, 0))).contains(group)
  }
}
