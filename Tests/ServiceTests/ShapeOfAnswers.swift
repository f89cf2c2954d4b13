// Whether a JSON value has the shape that its route declares.

import EventSourcing
import JSON
import Routing

extension JSONShape {
  /// Where a value differs from the shape, and how; `nil` where it does not.
  func difference(in value: JSONValue, at path: String = "$") -> String? {
    switch (self, value) {
    case (.any, _), (.component, _), (.type, _): nil
    case (.nullable, .null): nil
    case (.nullable(let shape), _): shape.difference(in: value, at: path)
    case (.text, .string), (.textOf, .string), (.matching, .string), (.email, .string): nil
    case (.choice(let texts), .string(let text)):
      texts.contains(text) ? nil : "\(path): \(text) is none of \(texts)"
    case (.time, .string(let text)):
      Timestamp(text) == nil ? "\(path): \(text) is no time" : nil
    case (.wholeNumber, .integer), (.wholeNumberIn, .integer), (.boolean, .bool): nil
    case (.list(let element), .array(let elements)),
      (.listOf(let element, _), .array(let elements)):
      elements.enumerated().lazy
        .compactMap { element.difference(in: $1, at: "\(path)[\($0)]") }.first
    case (.map(let shape), .object(let members)):
      members.lazy.compactMap { shape.difference(in: $0.value, at: "\(path).\($0.key)") }.first
    case (.object(let members), .object(let found)):
      Self.difference(of: members, from: found, at: path)
    case (.either(let shapes), _):
      shapes.allSatisfy { $0.difference(in: value, at: path) != nil }
        ? "\(path) is none of the shapes" : nil
    default: "\(path): \(value) is not \(self)"
    }
  }

  private static func difference(
    of members: [Member], from found: [JSONValue.Member], at path: String
  ) -> String? {
    for member in members where member.isRequired {
      guard found.contains(where: { $0.key == member.name }) else {
        return "\(path).\(member.name) is missing"
      }
    }
    for one in found {
      guard let member = members.first(where: { $0.name == one.key }) else {
        return "\(path).\(one.key) is not declared"
      }
      if let difference = member.shape.difference(in: one.value, at: "\(path).\(one.key)") {
        return difference
      }
    }
    return nil
  }
}
