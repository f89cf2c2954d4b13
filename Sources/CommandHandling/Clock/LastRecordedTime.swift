// When the last event of a log was recorded, from its segments alone, so that it is known before a
// sequencer decides, and also where no service runs.

public import EventLog
public import EventSourcing
import Events

extension LogReader {
  /// The recorded time of the last event before a commit; reads one frame.
  ///
  /// - Returns: `nil` where there is none.
  /// - Throws: `LogError`, and what a line that is no event throws.
  public static func lastRecordedTime(
    before end: Ordinal, in folder: String
  ) throws -> Timestamp? {
    guard end > .first else { return nil }
    let reader = try LogReader(folder: folder)
    try reader.seek(to: Ordinal(end.value - 1))
    var time: Timestamp?
    try reader.forEachCommit(upTo: end) { commit in
      try commit.forEachLine { time = try RecordedEvent(line: $0).recordedTime }
      return true
    }
    return time
  }
}
