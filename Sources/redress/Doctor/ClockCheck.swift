// Whether the service believes the system's clock.

import Node

enum ClockCheck: DoctorCheck {
  static let name = "clock"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let clock = try ShownClock(of: folder)
    guard let refusal = clock.refusal else { return .ok("\(clock.time) is believed") }
    return .wrong(
      "commands are refused: \(refusal)",
      do: "set the clock if it is wrong; if it is right, redress clock accept --data "
        + folder.path)
  }
}

/// How far recorded time is ahead, which stands still until the clock has caught up.
enum RecordedTimeCheck: DoctorCheck {
  static let name = "time"

  static func look(at folder: DataFolder) throws -> Diagnosis {
    let seconds = try ShownClock(of: folder).recordedAheadSeconds
    guard seconds > 0 else { return .ok("recorded time is not ahead of the clock") }
    return .warn(
      "recorded time is \(seconds) s ahead of the clock, so every event gets the same time",
      do: "check that the clock is kept right, such as with timedatectl; it passes by itself")
  }
}
