// Who can read and write the folder's parts. What must hold: other users reach none of them; the
// group that may open the socket reaches no key and no personal text, and the log only as the
// auditors'.

import Foundation
import Node

enum RightsCheck: DoctorCheck {
  static let name = "rights"

  /// A folder, and who is to reach it.
  private struct Part {
    var path: String
    var mode: mode_t
    /// `nil` where any will do.
    var group: FileGroups.Group?
  }

  static func look(at folder: DataFolder) throws -> Diagnosis {
    // Settings that cannot be used are found by the check of their own.
    let groups = (try? Settings(of: folder).fileGroups()) ?? FileGroups()
    let parts =
      [
        Part(path: folder.path, mode: 0o750, group: groups.passing),
        Part(
          path: folder.log, mode: groups.auditors == nil ? 0o700 : 0o750, group: groups.auditors),
      ]
      + [folder.keys, folder.readModels, folder.outbox, folder.evidence].map {
        Part(path: $0, mode: 0o700)
      }
    for part in parts {
      var status = stat()
      guard stat(part.path, &status) == 0 else {
        // The service makes those that are not there.
        if errno == ENOENT { continue }
        return .wrong(
          "\(part.path) cannot be looked at: \(String(cString: strerror(errno)))",
          do: "run redress doctor as the user of the service")
      }
      if let finding = judge(part, status) { return finding }
    }
    let auditors = groups.auditors.map { ", and the group \($0.name) reads the log" } ?? ""
    return .ok("no other user can read or write it\(auditors)")
  }

  private static func judge(_ part: Part, _ status: stat) -> Diagnosis? {
    let path = part.path
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return .wrong("\(path) is no folder", do: "move it away; the service makes the folder")
    }
    let found = status.st_mode & 0o7777
    if found & 0o777 & ~part.mode != 0 {
      return .wrong(
        "\(path) has the mode \(String(found, radix: 8)), so others can reach it",
        do: "chmod \(String(part.mode, radix: 8)) \(path)")
    }
    guard status.st_uid == getuid() || getuid() == 0 else {
      return .wrong(
        "\(path) belongs to the user \(status.st_uid), and this is the user \(getuid())",
        do: "run redress doctor and the service as the user \(status.st_uid)")
    }
    if let group = part.group, status.st_gid != group.id || found & 0o050 != 0o050 {
      return .warn(
        "\(path) has the group \(status.st_gid) and the mode \(String(found, radix: 8)), so the "
          + "group \(group.name) cannot read it, as redress.json says",
        do: "start the service again, which gives the files to their groups")
    }
    return nil
  }
}
