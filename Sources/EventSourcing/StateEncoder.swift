// A small binary format for the states of aggregates, readable by the same build only: values in
// the order of encoding, each field after two bytes of its name's hash, so that an optional field
// may be missing and an added, renamed or moved field is detected.
//
//   integer, Bool   zigzag LEB128
//   text            length in LEB128, UTF-8
//   array           number of elements (4 bytes, little-endian), elements

/// Encodes a state.
package func encodeState(_ state: some Encodable) throws -> [UInt8] {
  let output = StateOutput()
  try state.encode(to: StateEncoder(output: output))
  return output.bytes
}

/// A value that the format cannot encode, or bytes that it cannot decode.
package struct StateCodingError: Error {
  package var reason: String

  package init(reason: String) { self.reason = reason }
}

/// The two bytes of a field's name.
func fieldMark(_ key: some CodingKey) -> UInt16 {
  var hash: UInt32 = 2_166_136_261
  for byte in key.stringValue.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
  return UInt16(truncatingIfNeeded: hash ^ hash >> 16)
}

private final class StateOutput {
  var bytes: [UInt8] = []

  func append(mark: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: mark))
    bytes.append(UInt8(truncatingIfNeeded: mark >> 8))
  }

  func append(unsigned value: UInt64) { bytes.append(leb128: value) }

  func append(_ value: String) {
    append(unsigned: UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  func append<T: Encodable>(_ value: T) throws {
    try value.encode(to: StateEncoder(output: self))
  }

  func append(signed value: Int64) {
    append(unsigned: UInt64(bitPattern: value << 1 ^ value >> 63))
  }
}

private struct StateEncoder: Encoder {
  let output: StateOutput
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Fields<Key>(output: output))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { Elements(output: output) }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(output: output) }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let output: StateOutput
  var codingPath: [any CodingKey] { [] }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    output.append(mark: fieldMark(key))
    try output.append(value)
  }

  // What most fields are; the others encode themselves.
  func encode(_ value: String, forKey key: Key) {
    output.append(mark: fieldMark(key))
    output.append(value)
  }

  func encode(_ value: Int, forKey key: Key) {
    output.append(mark: fieldMark(key))
    output.append(signed: Int64(value))
  }

  func encode(_ value: Bool, forKey key: Key) {
    output.append(mark: fieldMark(key))
    output.append(signed: value ? 1 : 0)
  }

  func encodeNil(forKey key: Key) throws { throw StateCodingError(reason: "an explicit nil") }

  func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    output.append(mark: fieldMark(key))
    return KeyedEncodingContainer(Fields<Nested>(output: output))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    output.append(mark: fieldMark(key))
    return Elements(output: output)
  }

  func superEncoder() -> any Encoder { StateEncoder(output: output) }
  func superEncoder(forKey key: Key) -> any Encoder { StateEncoder(output: output) }
}

private final class Elements: UnkeyedEncodingContainer {
  private let output: StateOutput
  private let start: Int
  private(set) var count = 0
  var codingPath: [any CodingKey] { [] }

  init(output: StateOutput) {
    self.output = output
    start = output.bytes.count
    output.bytes.append(contentsOf: [0, 0, 0, 0])
  }

  private func countOne() {
    count += 1
    for index in 0..<4 {
      output.bytes[start + index] = UInt8(truncatingIfNeeded: count >> (8 * index))
    }
  }

  func encode<T: Encodable>(_ value: T) throws {
    countOne()
    try output.append(value)
  }

  func encodeNil() throws { throw StateCodingError(reason: "a nil in an array") }

  func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    countOne()
    return KeyedEncodingContainer(Fields<Nested>(output: output))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    countOne()
    return Elements(output: output)
  }

  func superEncoder() -> any Encoder { StateEncoder(output: output) }
}

private struct Single: SingleValueEncodingContainer {
  let output: StateOutput
  var codingPath: [any CodingKey] { [] }

  func encodeNil() throws { throw StateCodingError(reason: "a nil") }

  func encode(_ value: String) { output.append(value) }
  func encode(_ value: Int) { output.append(signed: Int64(value)) }
  func encode(_ value: Int64) { output.append(signed: value) }
  func encode(_ value: Bool) { output.append(signed: value ? 1 : 0) }

  func encode<T: Encodable>(_ value: T) throws {
    if value is any Numeric { throw StateCodingError(reason: "a number of type \(T.self)") }
    try output.append(value)
  }
}
