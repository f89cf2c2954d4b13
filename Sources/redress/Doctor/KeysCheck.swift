// Whether the keys are there that sign checkpoints and open personal texts, and can stay in memory.

import Node
import PersonalData

enum KeysCheck: DoctorCheck {
  static let name = "keys"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let remedy = "put the copy of redress keys backup into \(folder.keys)"
    let keys: LogKeys
    do { keys = try LogKeys.required(in: folder) } catch {
      return .wrong("\(describe(error))", do: remedy)
    }
    guard let personal = try folder.personalKeysForReading() else {
      return .wrong("\(folder.keys) has no personal keys that this user may read", do: remedy)
    }
    guard personal.vault.isLocked else {
      return .warn(
        "keys in memory cannot be locked, so they may reach a swap file",
        do: "raise ulimit -l, or LimitMEMLOCK= of the unit")
    }
    return .ok("the log \(keys.name) has its signing and personal keys")
  }
}
