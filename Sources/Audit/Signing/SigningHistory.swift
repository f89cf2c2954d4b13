// How a running service has signed a tenant's history: its newest checkpoint and those that are
// kept by day. What must hold: gaps are those that an audit finds, without a replay: only between
// two kept notes more than a day apart can there be one, and there the days are searched.

import EventLog
public import EventSourcing
import Events
public import Transparency

/// The signed notes of one tenant over time.
public struct SigningHistory: Sendable {
  /// A note that is kept.
  public struct Kept: Sendable {
    public var day: CalendarDate
    public var head: TreeHead
    public var note: SignedNote
  }

  /// Of the newest checkpoint.
  public var note: SignedNote
  public var head: TreeHead
  /// When the last event that it covers was recorded; `nil` where it covers none.
  public var lastRecorded: Timestamp?
  /// Oldest first.
  public var kept: [Kept] = []
  public var record: SigningRecord
}

extension CheckpointPublisher {
  /// - Returns: `nil` before the first checkpoint.
  /// - Throws: `CheckpointRefusal` and ``CheckpointMismatch`` for a note that cannot be believed,
  ///   `LogError` and `TransparencyError`.
  public func signingHistory(of tenant: TenantID) throws -> SigningHistory? {
    guard let note = try storedCheckpoint(of: tenant) else { return nil }
    let head = try Checkpoint(text: note.text).head
    let daily = DailyCheckpoints(of: tenant, in: folder)
    let origin = "\(logName)/\(tenant)"
    let heads = try daily.heads(of: tenant, origin: origin, keys: keys.verifierKeys(origin: origin))
    let kept = try heads.sorted { $0.key < $1.key }.compactMap { day, head in
      try daily.note(of: day).map { SigningHistory.Kept(day: day, head: head, note: $0) }
    }
    let last = head.size > 0 ? try recordedTime(at: head.size - 1, of: tenant) : nil
    return SigningHistory(
      note: note, head: head, lastRecorded: last, kept: kept,
      record: SigningRecord(
        days: try daysWithoutNote(between: kept, of: tenant), end: log.durableEnd(of: tenant),
        kept: heads, signedSize: head.size))
  }

  private func daysWithoutNote(
    between kept: [SigningHistory.Kept], of tenant: TenantID
  ) throws -> [(day: CalendarDate, positions: ClosedRange<Position>)] {
    var days: [(day: CalendarDate, positions: ClosedRange<Position>)] = []
    for (old, new) in zip(kept, kept.dropFirst())
    where new.day > old.day.advanced(byDays: 1) && new.head.size > old.head.size {
      var start = old.head.size
      while start < new.head.size {
        let day = try self.day(at: start, of: tenant)
        // Events are recorded in the order of time.
        var (inside, after) = (start, new.head.size)
        while after - inside > 1 {
          let middle = inside + (after - inside) / 2
          if try self.day(at: middle, of: tenant) == day { inside = middle } else { after = middle }
        }
        days.append((day, Position(start)...Position(inside)))
        start = after
      }
    }
    return days
  }

  private func day(at position: UInt64, of tenant: TenantID) throws -> CalendarDate {
    CalendarDate(utc: try recordedTime(at: position, of: tenant))
  }

  private func recordedTime(at position: UInt64, of tenant: TenantID) throws -> Timestamp {
    var time = Timestamp(microseconds: 0)
    try log.readEvents(of: tenant, in: Position(position)..<Position(position + 1)) { _, line in
      time = try RecordedEvent(line: line).recordedTime
    }
    return time
  }
}
