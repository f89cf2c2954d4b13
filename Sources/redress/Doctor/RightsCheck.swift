// Who can read and write the folder's parts. What must hold: other users reach none of them, and
// the group, which may open the socket, reaches no key and no personal text.

import Foundation
import Node

enum RightsCheck: DoctorCheck {
  static let name = "rights"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let parts: [(path: String, mode: mode_t)] =
      [folder.path, folder.log].map { ($0, 0o750) }
      + [folder.keys, folder.readModels, folder.outbox, folder.evidence].map { ($0, 0o700) }
    for (path, mode) in parts {
      var status = stat()
      guard stat(path, &status) == 0 else {
        // The service makes those that are not there.
        if errno == ENOENT { continue }
        return .wrong(
          "\(path) cannot be looked at: \(String(cString: strerror(errno)))",
          do: "run redress doctor as the user of the service")
      }
      if let finding = judge(path, status, mode) { return finding }
    }
    return .ok("no other user can read or write it")
  }

  private static func judge(_ path: String, _ status: stat, _ mode: mode_t) -> Diagnosis? {
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return .wrong("\(path) is no folder", do: "move it away; the service makes the folder")
    }
    let found = status.st_mode & 0o7777
    if found & 0o777 & ~mode != 0 {
      return .wrong(
        "\(path) has the mode \(String(found, radix: 8)), so others can reach it",
        do: "chmod \(String(mode, radix: 8)) \(path)")
    }
    guard status.st_uid == getuid() || getuid() == 0 else {
      return .wrong(
        "\(path) belongs to the user \(status.st_uid), and this is the user \(getuid())",
        do: "run redress doctor and the service as the user \(status.st_uid)")
    }
    return nil
  }
}
