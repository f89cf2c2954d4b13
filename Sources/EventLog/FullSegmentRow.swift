internal import EventSourcing

/// What the index keeps of a full segment.
struct FullSegmentRow: Sendable {
  var firstOrdinal: Ordinal
  var bytes: [UInt8]
}
