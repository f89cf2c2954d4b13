// Who can reach the files of a data folder. What must hold: other users reach nothing; a group
// reaches the socket, and the log where redress.json says so, and never a key or a personal text;
// what a start finds otherwise, it corrects before the service answers.

import Foundation
import Glibc
import Transparency

extension DataFolder {
  /// Adapts the rights of the folder and of every file that this process creates.
  ///
  /// - Throws: ``DataFolderError`` for another user's folder, and for a file that cannot be given
  ///   to its group.
  func restrictAccess(_ groups: FileGroups) throws(DataFolderError) {
    Self.restrictNewFiles()
    for folder in [path, log] { try Self.restrict(folder) }
    for folder in [readModels, outbox, evidence] {
      mkdir(folder, 0o700)
      try Self.restrict(folder, to: 0o700)
    }
    for folder in [readModels, outbox] { try restrictAll(in: folder, nil) }
    if let group = groups.passing {
      try Self.share(path, with: group, mode: 0o750)
      try Self.share(lockFile, with: group, mode: 0o640)
    }
    // Where a link leads, as to another disk; links below it are not followed.
    let log = URL(filePath: log).resolvingSymlinksInPath().path
    try restrictAll(in: log, groups.auditors)
  }

  /// Makes a folder and all below it readable for its user, and for a group if one is given.
  private func restrictAll(
    in path: String, _ group: FileGroups.Group?
  ) throws(DataFolderError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      try restrictFile(path, status, group, groupMode: 0o050)
      for name in DurableFile.entries(of: path).names {
        try restrictAll(in: "\(path)/\(name)", group)
      }
    case S_IFREG: try restrictFile(path, status, group, groupMode: 0o040)
    default: return
    }
  }

  private func restrictFile(
    _ path: String, _ status: stat, _ group: FileGroups.Group?, groupMode: mode_t
  ) throws(DataFolderError) {
    let own = status.st_mode & 0o700
    if let group {
      try Self.share(path, with: group, mode: own | groupMode, status)
    } else if status.st_mode & 0o777 != own {
      chmod(path, own)
    }
  }

  private static func share(
    _ path: String, with group: FileGroups.Group, mode: mode_t, _ known: stat? = nil
  ) throws(DataFolderError) {
    var status = known ?? stat()
    if known == nil, stat(path, &status) != 0 { return }
    guard status.st_gid != group.id || status.st_mode & 0o7777 != mode else { return }
    // Narrow before the group changes, wide after it.
    guard chmod(path, mode & 0o700) == 0, lchown(path, uid_t.max, group.id) == 0,
      chmod(path, mode) == 0
    else {
      let reason = String(cString: strerror(errno))
      guard status.st_uid == geteuid() else {
        throw .foreignFile(
          path: path, owner: status.st_uid, user: geteuid(), group: group.name, reason: reason)
      }
      throw .notShared(path: path, group: group.name, reason: reason)
    }
  }

  /// Gives other users no right to a file that this process creates from now on: umask is of the
  /// whole process.
  static func restrictNewFiles() { umask(0o027) }

  static func restrict(_ path: String, to mode: mode_t = 0o750) throws(DataFolderError) {
    // Of a folder that a link leads to, too.
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    // Its owner could exchange what is in it, and give itself access again.
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .foreignOwner(path: path, owner: status.st_uid, user: geteuid())
    }
    if status.st_mode & 0o777 & ~mode != 0 { chmod(path, mode) }
  }
}
