// What a row type reads, found once by decoding it from nothing: each property that is asked for is
// a column.

import JSON
import SQLite
import Synchronization

/// The columns of a row type, in the order of its properties.
struct RowColumns: Sendable {
  /// What stands between SELECT and WHERE.
  let selection: String
  /// By property, such as `reason.code`, the place in the selection.
  let places: [String: Int]
  /// By property that is a struct, the place of its first column.
  let firstPlaces: [String: Int]

  private static let known = Mutex<[ObjectIdentifier: RowColumns]>([:])

  static func of<R: Row>(_ type: R.Type) -> RowColumns {
    known.withLock { known in
      if let columns = known[ObjectIdentifier(type)] { return columns }
      let columns = RowColumns(type)
      known[ObjectIdentifier(type)] = columns
      return columns
    }
  }

  private init<R: Row>(_ type: R.Type) {
    let collector = KeyCollector()
    do { _ = try R(from: collector) } catch {
      preconditionFailure("\(R.self) cannot be read as a row: \(error)")
    }
    let properties = collector.found.properties
    places = Dictionary(uniqueKeysWithValues: properties.enumerated().map { ($1, $0) })
    firstPlaces = collector.found.structs
    let expressions = R.expressions
    for name in expressions.keys {
      precondition(places[name] != nil, "\(R.self) has no property \(name)")
    }
    let list = properties.map { expressions[$0] ?? $0.columnName }.joined(separator: ", ")
    selection = "\(list) FROM \(R.table)"
  }
}

/// Notes what a row type asks for, and gives it nothing.
private struct KeyCollector: FlatDecoder {
  final class Found {
    var properties: [String] = []
    var structs: [String: Int] = [:]
  }

  var found = Found()
  var prefix = ""

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Container(collector: self))
  }

  struct Container<Key: CodingKey>: FlatDecodingContainer {
    var collector: KeyCollector

    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      let name = collector.prefix + key.stringValue
      let nothing: any Sendable
      switch type {
      case is String.Type: nothing = ""
      case is Int.Type: nothing = 0
      case is Bool.Type: nothing = false
      case is JSONText.Type: nothing = JSONText(.null)
      default:
        collector.found.structs[name] = collector.found.properties.count
        return try T(from: KeyCollector(found: collector.found, prefix: name + "."))
      }
      collector.found.properties.append(name)
      guard let value = nothing as? T else { throw NoSuchColumn() }
      return value
    }
  }
}

/// Rows are flat but for structs, so that what decodes one has values by key only.
protocol FlatDecoder: Decoder {}

extension FlatDecoder {
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoSuchColumn() }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw NoSuchColumn() }
}

/// Rows are flat but for structs: of a container, only values by key are asked for.
protocol FlatDecodingContainer: KeyedDecodingContainerProtocol {}

extension FlatDecodingContainer {
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { true }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { throw NoSuchColumn() }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw NoSuchColumn()
  }

  func superDecoder() throws -> any Decoder { throw NoSuchColumn() }

  func superDecoder(forKey key: Key) throws -> any Decoder { throw NoSuchColumn() }
}

/// A property of a row that no column can hold.
struct NoSuchColumn: Error, CustomStringConvertible {
  var description: String { "a row holds String, Int, Bool, JSONText and structs of these" }
}
