// Whether the read models follow the log.

import EventLog
import EventSourcing
import Node
import Projecting
import Projections

enum ReadModelsCheck: DoctorCheck {
  static let name = "read models"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let files = try ReadModelFile.statuses(
      of: readModels, in: folder.readModels, withDigest: false)
    if let file = files.first(where: { $0.damage != nil || $0.failure != nil }) {
      return .wrong(
        "\(file.name): \(file.damage ?? file.failure ?? "")", do: file.rebuildCommand(in: folder))
    }
    let end = try LogSummary(folder: folder.log).commitCount
    let behind = files.filter { ($0.checkpoint?.value ?? 0) + lagMax < end }
    guard let first = behind.first, end > 0 else {
      return .ok("\(files.count) read models follow the log")
    }
    let found = "\(behind.count) read models have yet to apply commits, such as \(first.name)"
    guard folder.holder() != nil else { return .ok("\(found); the next start does so") }
    return .warn(found, do: "wait; if redress status shows no progress, see its log")
  }

  /// Commits that a healthy service may have under way.
  private static let lagMax: UInt64 = 10_000
}
