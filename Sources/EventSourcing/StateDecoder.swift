// Decodes the format of StateEncoder. Unexpected bytes are an error; the caller then folds the
// state from its events.

/// Decodes a state from all of the bytes.
package func decodeState<State: Decodable>(_ type: State.Type, from bytes: some Sequence<UInt8>)
  throws
  -> State
{
  let input = StateInput(bytes: Array(bytes))
  let state = try State(from: StateDecoder(input: input))
  guard input.offset == input.bytes.count else {
    throw StateCodingError(reason: "bytes after the state")
  }
  return state
}

private final class StateInput {
  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Whether the next field has this name.
  func isNext(_ mark: UInt16) -> Bool {
    offset + 2 <= bytes.count && UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8 == mark
  }

  func take(_ key: some CodingKey) throws {
    guard isNext(fieldMark(key)) else {
      throw StateCodingError(reason: "no field \(key.stringValue) at byte \(offset)")
    }
    offset += 2
  }

  func unsigned() throws -> UInt64 {
    guard let value = bytes.withUnsafeBytes({ leb128(in: $0, at: &offset) }) else {
      throw StateCodingError(reason: "a number does not end")
    }
    return value
  }

  func signed() throws -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  func count() throws -> Int {
    guard offset + 4 <= bytes.count else { throw StateCodingError(reason: "an array is cut off") }
    defer { offset += 4 }
    return (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  func text() throws -> String {
    let count = try unsigned()
    guard count <= bytes.count - offset else {
      throw StateCodingError(reason: "a text is cut off")
    }
    defer { offset += Int(count) }
    return String(decoding: bytes[offset..<offset + Int(count)], as: UTF8.self)
  }

  func value<T: Decodable>(_ type: T.Type) throws -> T {
    try T(from: StateDecoder(input: self))
  }
}

private struct StateDecoder: Decoder {
  let input: StateInput
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields<Key>(input: input))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    Elements(input: input, count: try input.count())
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(input: input) }
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let input: StateInput
  var codingPath: [any CodingKey] { [] }
  /// Always empty: fields are decoded in their order, without a list of names.
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { input.isNext(fieldMark(key)) }

  func decodeNil(forKey key: Key) throws -> Bool { !contains(key) }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try input.take(key)
    return try input.value(type)
  }

  // What most fields are; the others decode themselves.
  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    try input.take(key)
    return try input.text()
  }

  func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
    try input.take(key)
    return Int(try input.signed())
  }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
    try input.take(key)
    return try input.signed() != 0
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try input.take(key)
    return KeyedDecodingContainer(Fields<Nested>(input: input))
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try input.take(key)
    return Elements(input: input, count: try input.count())
  }

  func superDecoder() -> any Decoder { StateDecoder(input: input) }
  func superDecoder(forKey key: Key) -> any Decoder { StateDecoder(input: input) }
}

private struct Elements: UnkeyedDecodingContainer {
  let input: StateInput
  let count: Int?
  var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var isAtEnd: Bool { currentIndex >= count ?? 0 }

  init(input: StateInput, count: Int) {
    self.input = input
    self.count = count
  }

  mutating func decodeNil() -> Bool { false }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    guard !isAtEnd else { throw StateCodingError(reason: "no further element") }
    currentIndex += 1
    return try input.value(type)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedDecodingContainer<Nested> {
    currentIndex += 1
    return KeyedDecodingContainer(Fields<Nested>(input: input))
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    currentIndex += 1
    return Elements(input: input, count: try input.count())
  }

  func superDecoder() -> any Decoder { StateDecoder(input: input) }
}

private struct Single: SingleValueDecodingContainer {
  let input: StateInput
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode(_ type: String.Type) throws -> String { try input.text() }
  func decode(_ type: Int.Type) throws -> Int { Int(try input.signed()) }
  func decode(_ type: Int64.Type) throws -> Int64 { try input.signed() }
  func decode(_ type: Bool.Type) throws -> Bool { try input.signed() != 0 }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    if T.self is any Numeric.Type {
      throw StateCodingError(reason: "a number of type \(T.self)")
    }
    return try input.value(type)
  }
}
