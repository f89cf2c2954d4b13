// Whether a JSON value has the shape that its route declares.

import EventSourcing
import JSON
import Routing

extension JSONShape {
  /// Where a value differs from the shape, and how; `nil` where it does not.
  func difference(in value: JSONValue, at path: String = "$") -> String? {
    switch self {
    case .any, .component, .type: nil
    case .text, .textOf, .matching, .email: value.string == nil ? wrong(value, path) : nil
    case .choice(let texts):
      texts.contains(value.string ?? "") ? nil : wrong(value, path)
    case .time: value.string.flatMap { Timestamp($0) } == nil ? wrong(value, path) : nil
    case .wholeNumber, .wholeNumberIn: value.integer == nil ? wrong(value, path) : nil
    case .boolean: value.bool == nil ? wrong(value, path) : nil
    case .list(let element), .listOf(let element, _): difference(of: element, from: value, path)
    case .map(let shape): difference(ofMembers: shape, from: value, path)
    case .object(let members):
      value.members.map { Self.difference(of: members, from: $0, at: path) } ?? wrong(value, path)
    case .nullable(let shape): value == .null ? nil : shape.difference(in: value, at: path)
    case .either(let shapes):
      shapes.contains { $0.difference(in: value, at: path) == nil } ? nil : wrong(value, path)
    }
  }

  private func wrong(_ value: JSONValue, _ path: String) -> String {
    "\(path): \(value) is not \(self)"
  }

  private func difference(
    of element: JSONShape, from value: JSONValue, _ path: String
  ) -> String? {
    guard let elements = value.elements else { return wrong(value, path) }
    return elements.enumerated().lazy
      .compactMap { element.difference(in: $1, at: "\(path)[\($0)]") }.first
  }

  private func difference(
    ofMembers shape: JSONShape, from value: JSONValue, _ path: String
  ) -> String? {
    guard let members = value.members else { return wrong(value, path) }
    return members.lazy
      .compactMap { shape.difference(in: $0.value, at: "\(path).\($0.key)") }.first
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
