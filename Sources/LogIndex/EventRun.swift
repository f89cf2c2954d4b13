// Where events are. A stream's value and a command's value both consist of runs:
//
//   stream    for each run: commit, position · 2 + whether a count follows, [count]
//   command   commit, position, count
//
// All numbers are LEB128; a stream's are distances to the run before.

public import EventSourcing

/// Events of one commit at adjacent positions.
public struct EventRun: Equatable, Sendable {
  /// The commit that holds the events.
  public var ordinal: Ordinal
  /// The first event's place in its tenant's history.
  public var firstPosition: Position
  /// The number of events, at least 1.
  public var count: Int

  public init(ordinal: Ordinal, firstPosition: Position, count: Int) {
    self.ordinal = ordinal
    self.firstPosition = firstPosition
    self.count = count
  }

  /// The position after the last event.
  public var end: Position { firstPosition.advanced(by: count) }
}

/// Writes a stream's value.
struct StreamValueWriter {
  private(set) var bytes: [UInt8] = []
  private var last: EventRun?

  mutating func add(_ run: EventRun) {
    bytes.appendNumber(run.ordinal.value &- (last?.ordinal.value ?? 0))
    let distance = run.firstPosition.value &- (last?.end.value ?? 0)
    bytes.appendNumber(distance << 1 | (run.count > 1 ? 1 : 0))
    if run.count > 1 { bytes.appendNumber(UInt64(run.count)) }
    last = run
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    last = nil
  }
}

extension EventRun {
  /// Calls `body` with each run of a stream's value.
  static func forEach(
    in value: UnsafeRawBufferPointer, _ body: (EventRun) -> Void
  ) throws(IndexDamage) {
    var reader = NumberReader(bytes: value)
    var ordinal: UInt64 = 0
    var position: UInt64 = 0
    while !reader.isAtEnd {
      let (newOrdinal, isTooLate) = ordinal.addingReportingOverflow(try reader.number())
      let distance = try reader.number()
      let count = distance & 1 == 1 ? try reader.number() : 1
      let (first, isTooFar) = position.addingReportingOverflow(distance >> 1)
      guard !isTooLate, !isTooFar, count > 0, count <= 1 << 32, first < 1 << 60 else {
        throw IndexDamage(reason: "a stream's events are not in order")
      }
      ordinal = newOrdinal
      position = first + count
      body(EventRun(ordinal: Ordinal(ordinal), firstPosition: Position(first), count: Int(count)))
    }
  }

  /// Decodes a command's value.
  init(command value: UnsafeRawBufferPointer) throws(IndexDamage) {
    var reader = NumberReader(bytes: value)
    ordinal = Ordinal(try reader.number())
    firstPosition = Position(try reader.number())
    let number = try reader.number()
    guard reader.isAtEnd, number > 0, number <= 1 << 32 else {
      throw IndexDamage(reason: "a command's outcome is out of range")
    }
    count = Int(number)
  }

  func appendCommand(to bytes: inout [UInt8]) {
    bytes.appendNumber(ordinal.value)
    bytes.appendNumber(firstPosition.value)
    bytes.appendNumber(UInt64(count))
  }
}
