// What is stored under a key: small numbers in LEB128, each event told by its distance to the one
// before.
//
//   stream    commit, position · 2 + whether a count follows, [count]: for each run of events
//   command   commit, position, count
//   snapshot  the number of events, the last one's position, and the state's bytes

internal import EventSourcing

/// Events of one commit at adjacent positions.
struct EventRun: Equatable, Sendable {
  var ordinal: Ordinal
  var firstPosition: Position
  var count: Int

  var end: Position { firstPosition.advanced(by: count) }
}

/// The bytes of the index make no sense.
struct IndexDamage: Error {
  var reason: String
}

extension [UInt8] {
  mutating func appendNumber(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}

/// Reads numbers one after another.
struct IndexValueReader {
  let bytes: UnsafeRawBufferPointer
  var offset = 0

  var isAtEnd: Bool { offset == bytes.count }

  mutating func number() throws(IndexDamage) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard offset < bytes.count else { break }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw IndexDamage(reason: "a number does not end")
  }

  mutating func slice(_ count: UInt64) throws(IndexDamage) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - offset else { throw IndexDamage(reason: "a value does not end") }
    defer { offset += Int(count) }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(count)])
  }

  /// The rest.
  var remainder: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset...]) }
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
    var reader = IndexValueReader(bytes: value)
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

  /// A command's value.
  init(command value: UnsafeRawBufferPointer) throws(IndexDamage) {
    var reader = IndexValueReader(bytes: value)
    ordinal = Ordinal(try reader.number())
    firstPosition = Position(try reader.number())
    let number = try reader.number()
    guard reader.isAtEnd, number > 0, number <= 1 << 32 else {
      throw IndexDamage(reason: "a command's outcome makes no sense")
    }
    count = Int(number)
  }

  func appendCommand(to bytes: inout [UInt8]) {
    bytes.appendNumber(ordinal.value)
    bytes.appendNumber(firstPosition.value)
    bytes.appendNumber(UInt64(count))
  }
}
