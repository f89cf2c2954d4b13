// Values that were moved out of memory, by key. In the file each is its length in LEB128 and its
// state, as StateEncoder writes it.

import EventSourcing

/// The values of one dictionary that are in the file.
struct SpilledValues: Sendable {
  private let file: SpillFile
  private var runs: SpilledRuns

  private static let chunkByteCount = 1 << 20
  /// Most values are read at once with their length.
  private static let readByteCount = 1 << 10

  init(in file: SpillFile) {
    self.file = file
    runs = SpilledRuns(in: file)
  }

  /// Takes the place of older values of the same keys.
  mutating func add<Key: Hashable, Value: Encodable>(_ values: [Key: Value]) throws {
    var entries: [SpillEntry] = []
    entries.reserveCapacity(values.count)
    var chunk: [UInt8] = []
    var chunkStart = 0
    for (key, value) in values {
      entries.append(SpillEntry(key: SpillKey(key), place: chunk.count))
      let state = try encodeState(value)
      chunk.append(leb128: UInt64(state.count))
      chunk.append(contentsOf: state)
      if chunk.count >= Self.chunkByteCount || entries.count == values.count {
        let offset = file.reserve(chunk.count)
        try file.write(chunk, at: offset)
        for index in chunkStart..<entries.count { entries[index].place += offset }
        chunk.removeAll(keepingCapacity: true)
        chunkStart = entries.count
      }
    }
    try runs.add(entries)
  }

  /// - Returns: `nil` for a key without a value in the file, and where the value cannot be read:
  ///   the file then notes why.
  func value<Value: Decodable>(_ type: Value.Type, of key: some Hashable) -> Value? {
    do {
      guard let place = try runs.place(of: SpillKey(key)) else { return nil }
      return try decodeState(Value.self, from: try state(at: place))
    } catch {
      file.note(error)
      return nil
    }
  }

  private func state(at place: Int) throws -> ArraySlice<UInt8> {
    let bytes = try file.bytes(at: place, count: Self.readByteCount)
    var start = 0
    guard let length = bytes.withBytes({ leb128(in: $0, at: &start) }) else {
      throw StateCodingError(reason: "a length does not end")
    }
    let count = Int(length)
    if count <= bytes.count - start { return bytes[start..<start + count] }
    return try file.bytes(at: place + start, count: count)[...]
  }
}
