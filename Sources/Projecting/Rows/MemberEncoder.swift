// Writes a row as the members of a JSON object. Values that are not there have no member.

import JSON

struct MemberEncoder: Encoder {
  final class Members {
    var members: [JSONValue.Member] = []
  }

  var written = Members()
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  static func members(of row: some Encodable) -> [JSONValue.Member] {
    let encoder = MemberEncoder()
    do { try row.encode(to: encoder) } catch {
      preconditionFailure("\(type(of: row)) cannot be written as JSON: \(error)")
    }
    return encoder.written.members
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Container(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    preconditionFailure("\(NoSuchColumn())")
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    preconditionFailure("\(NoSuchColumn())")
  }

  private struct Container<Key: CodingKey>: KeyedEncodingContainerProtocol {
    var encoder: MemberEncoder
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil(forKey key: Key) {
      encoder.written.members.append(.init(key.stringValue.memberName, .null))
    }

    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
      let json: JSONValue =
        switch value {
        case let text as String: .string(text)
        case let number as Int: .integer(Int64(number))
        case let flag as Bool: .bool(flag)
        case let text as JSONText: text.value
        default: .object(MemberEncoder.members(of: value))
        }
      encoder.written.members.append(.init(key.stringValue.memberName, json))
    }

    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { preconditionFailure("\(NoSuchColumn())") }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      preconditionFailure("\(NoSuchColumn())")
    }

    mutating func superEncoder() -> any Encoder { preconditionFailure("\(NoSuchColumn())") }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
      preconditionFailure("\(NoSuchColumn())")
    }
  }
}
