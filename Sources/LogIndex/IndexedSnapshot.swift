// The stored value is the number of events and the last one's position, in LEB128, then the state.

public import EventSourcing

/// The state of an aggregate after the first events of its stream.
public struct IndexedSnapshot: Sendable {
  /// How many events the state was made of, at least 1.
  public var eventCount: Int
  /// The last of these events.
  public var lastPosition: Position
  /// Called when the bytes are needed, on the thread that needs them.
  public var state: @Sendable () -> [UInt8]

  public init(
    eventCount: Int, lastPosition: Position, state: @escaping @Sendable () -> [UInt8]
  ) {
    self.eventCount = eventCount
    self.lastPosition = lastPosition
    self.state = state
  }

  /// As the index stores it.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendNumber(UInt64(eventCount))
    bytes.appendNumber(lastPosition.value)
    bytes.append(contentsOf: state())
    return bytes
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(IndexDamage) {
    var reader = NumberReader(bytes: bytes)
    let number = try reader.number()
    guard number > 0, number < 1 << 60 else {
      throw IndexDamage(reason: "a snapshot's number of events is out of range")
    }
    eventCount = Int(number)
    lastPosition = Position(try reader.number())
    let state = Array(reader.remainder)
    self.state = { state }
  }
}
