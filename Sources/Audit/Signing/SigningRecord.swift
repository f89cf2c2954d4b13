// When a tenant's history was signed, as far as the notes that are kept by day say so. A day with
// events and without a note of that day is a gap: its events were signed on a later day, or are not
// signed yet. Of days before the first kept note nothing is known.

public import EventSourcing
import Events
package import Transparency

/// How the signing of one tenant's history went.
public struct SigningRecord: Sendable, Hashable {
  /// A day on which events were recorded and none of them was signed.
  public struct Gap: Sendable, Hashable {
    public var day: CalendarDate
    /// Of the day's events.
    public var positions: ClosedRange<Position>
    /// The first day whose note covers all of them; `nil` where only the newest checkpoint does.
    public var signedOn: CalendarDate?
  }

  /// The first day of which a note is kept; `nil` where none is.
  public var since: CalendarDate?
  /// How many notes are kept.
  public var keptCount: Int
  public var gaps: [Gap] = []
  /// How many events come after the newest checkpoint.
  public var unsignedCount: Int

  /// - Parameters:
  ///   - days: the days with events since the first kept note, with their positions, oldest first;
  ///     those with a note may be left out.
  ///   - end: of the history.
  ///   - kept: the heads by the day on which they were signed.
  ///   - signedSize: of the newest checkpoint.
  package init(
    days: [(day: CalendarDate, positions: ClosedRange<Position>)], end: Position,
    kept: [CalendarDate: TreeHead], signedSize: UInt64
  ) {
    let signed = kept.sorted { $0.key < $1.key }
    since = signed.first?.key
    keptCount = kept.count
    unsignedCount = Int(end.value - min(end.value, signedSize))
    guard let since else { return }
    gaps = days.compactMap { day, positions in
      // What the newest checkpoint does not reach is not yet signed.
      guard day >= since, kept[day] == nil, positions.lowerBound.value < signedSize else {
        return nil
      }
      let later = signed.first { $0.key > day && $0.value.size > positions.upperBound.value }
      return Gap(day: day, positions: positions, signedOn: later?.key)
    }
  }
}

/// The days on which events were recorded, as they come.
struct RecordedDays {
  private(set) var days: [(day: CalendarDate, positions: ClosedRange<Position>)] = []

  mutating func add(_ recorded: RecordedEvent) {
    let day = CalendarDate(utc: recorded.recordedTime)
    let position = recorded.position
    if let last = days.last, last.day == day {
      days[days.count - 1].positions = last.positions.lowerBound...position
    } else {
      days.append((day, position...position))
    }
  }
}
