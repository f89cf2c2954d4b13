// Whether the folder is there and whether a service runs on it.

import EventLog
import EventSourcing
import Node

enum FolderCheck: DoctorCheck {
  static let name = "folder"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let summary: LogSummary
    do { summary = try LogSummary(folder: folder.log) } catch {
      return .wrong(
        "the log cannot be read: \(error)",
        do: "keep the folder, restore the newest backup into another one and compare them with "
          + "redress log inspect")
    }
    let served =
      folder.holder().map { "served by process \($0.pid)" } ?? "no service is running"
    return .ok("\(summary.commitCount) commits, \(summary.eventCount) events; \(served)")
  }
}
