// The JSON shape of a row type, found as its columns are: by decoding it from nothing. A property
// that may be NULL is a member that may be left out, and a name that ends in `At` is of a time.

import JSON
public import Routing

extension JSONShape {
  /// The shape of a row's JSON.
  ///
  /// - Precondition: the row type has a shape for each column of JSON.
  public static func row<R: Row>(_ type: R.Type) -> JSONShape {
    let collector = ShapeCollector(shapes: R.shapes)
    do { _ = try R(from: collector) } catch {
      preconditionFailure("\(R.self) has no shape: \(error)")
    }
    return .object(collector.found.members)
  }
}

/// Notes the members of what is decoded, and gives it nothing.
private struct ShapeCollector: FlatDecoder {
  final class Found {
    var members: [JSONShape.Member] = []
    /// The property that was asked for whether it is there.
    var optional: String?
  }

  var found = Found()
  /// By property, such as `reason.code`.
  var shapes: [String: JSONShape]
  var prefix = ""

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Container(collector: self))
  }

  struct Container<Key: CodingKey>: FlatDecodingContainer {
    var collector: ShapeCollector

    func decodeNil(forKey key: Key) -> Bool {
      collector.found.optional = key.stringValue
      return false
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      let name = key.stringValue
      let (value, shape) = try collector.nothing(type, name)
      let isOptional = collector.found.optional == name
      collector.found.members.append(
        .init(name.memberName, shape, isRequired: !isOptional))
      return value
    }
  }

  /// A value of the type, and its shape.
  private func nothing<T: Decodable>(_ type: T.Type, _ name: String) throws -> (T, JSONShape) {
    let nothing: any Sendable
    var shape: JSONShape
    switch type {
    case is String.Type: (nothing, shape) = ("", name.hasSuffix("At") ? .time : .text)
    case is Int.Type: (nothing, shape) = (0, .wholeNumber)
    case is Bool.Type: (nothing, shape) = (false, .boolean)
    case is JSONText.Type:
      precondition(shapes[prefix + name] != nil, "\(prefix)\(name) needs a shape")
      (nothing, shape) = (JSONText(.null), .any)
    default:
      let inner = ShapeCollector(shapes: shapes, prefix: prefix + name + ".")
      return (try T(from: inner), .object(inner.found.members))
    }
    shape = shapes[prefix + name] ?? shape
    guard let value = nothing as? T else { throw NoSuchColumn() }
    return (value, shape)
  }
}
