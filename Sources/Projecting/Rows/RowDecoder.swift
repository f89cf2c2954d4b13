// Reads a row type from a statement's current row, by the places that RowColumns found.

import JSON
import SQLite

struct RowDecoder: FlatDecoder {
  var statement: Statement
  var columns: RowColumns
  var prefix = ""

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Container(decoder: self))
  }

  private struct Container<Key: CodingKey>: FlatDecodingContainer {
    var decoder: RowDecoder

    private func name(_ key: Key) -> String {
      decoder.prefix.isEmpty ? key.stringValue : decoder.prefix + key.stringValue
    }

    /// A struct is there if its first column is.
    func decodeNil(forKey key: Key) throws -> Bool {
      let name = name(key)
      guard let place = decoder.columns.places[name] ?? decoder.columns.firstPlaces[name] else {
        throw NoSuchColumn()
      }
      return decoder.statement.isNull(place)
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      let name = name(key)
      guard let place = decoder.columns.places[name] else {
        return try T(
          from: RowDecoder(
            statement: decoder.statement, columns: decoder.columns, prefix: name + "."))
      }
      let value: any Sendable
      switch type {
      case is String.Type: value = decoder.statement.text(place)
      case is Int.Type: value = decoder.statement.int(place)
      case is Bool.Type: value = decoder.statement.int(place) != 0
      default: value = JSONText(try JSONValue(parsing: Array(decoder.statement.text(place).utf8)))
      }
      guard let value = value as? T else { throw NoSuchColumn() }
      return value
    }
  }
}
