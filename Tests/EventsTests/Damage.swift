// All that can be wrong, or just still right, with a value that a schema describes.

import JSON

/// One change to a value, and what the error about it must say.
struct Damage {
  var what: String
  var place: [JSONValue.Step]
  /// Nil takes the value away.
  var value: JSONValue?
  /// Where the error must be found.
  var path: [JSONValue.Step]
  var hint: String

  private init(
    _ what: String, _ place: [JSONValue.Step], _ value: JSONValue?, hint: String,
    path: [JSONValue.Step]? = nil
  ) {
    self.what = "\(place.text): \(what)"
    self.place = place
    self.value = value
    self.path = path ?? place
    self.hint = hint
  }

  /// Everything that the schema forbids.
  static func all(
    of value: JSONValue, schema: JSONValue, at place: [JSONValue.Step]
  ) -> [Damage] {
    let schema = schema.resolved
    var damages = [Damage("null", place, .null, hint: "leave the field out")]
    switch (schema["type"]?.string, value) {
    case ("object", .object(let members)):
      damages.append(Damage("an array", place, .array([]), hint: "found an array, expected an"))
      let strange = place + [.key("strange")]
      damages.append(
        Damage("an unknown key", strange, .bool(true), hint: "unknown field; the known ones are: "))
      let required = schema["required"]?.elements ?? []
      for member in members {
        let inner = place + [.key(member.key)]
        if required.contains(.string(member.key)) {
          damages.append(Damage("missing", inner, nil, hint: "required field \(member.key) is"))
        }
        guard let property = schema["properties"]?[member.key] else { continue }
        damages += all(of: member.value, schema: property, at: inner)
      }
    case ("array", .array(let elements)):
      damages.append(Damage("an object", place, .object([]), hint: "expected an array"))
      if schema["minItems"]?.integer ?? 0 > 0 {
        damages.append(Damage("empty", place, .array([]), hint: "found 0 elements, expected 1 to"))
      }
      for (index, element) in elements.enumerated() {
        guard let items = schema["items"] else { continue }
        damages += all(of: element, schema: items, at: place + [.index(index)])
      }
    case ("integer", _):
      let minimum = schema["minimum"]?.integer ?? 0
      let maximum = schema["maximum"]?.integer ?? 0
      let wrong: [JSONValue] = [
        .integer(minimum - 1), .integer(maximum + 1), .number("1.0"), .number("1e2"),
        .number("99999999999999999999"), .string("1"), .bool(true), .array([]),
      ]
      damages += wrong.map {
        Damage("\($0)", place, $0, hint: "expected a whole number from \(minimum) to \(maximum)")
      }
    case ("boolean", _):
      damages.append(Damage("a text", place, .string("true"), hint: "expected true or false"))
    default: damages += texts(schema, at: place)
    }
    return damages
  }

  private static func texts(_ schema: JSONValue, at place: [JSONValue.Step]) -> [Damage] {
    var damages = [Damage("a number", place, .integer(17), hint: "found 17, expected a")]
    if let choices = schema["enum"]?.elements {
      let names = choices.compactMap(\.string).joined(separator: ", ")
      let hint = "expected one of: \(names)"
      damages.append(Damage("another", place, .string("no_such"), hint: hint))
    } else if schema["format"] != nil {
      damages.append(Damage("no such day", place, .string("2026-02-30"), hint: "2026-02-30"))
    } else if schema["pattern"] != nil {
      damages.append(Damage("a space", place, .string("a b"), hint: "found \"a b\", expected a"))
      damages.append(Damage("empty", place, .string(""), hint: "found \"\", expected a"))
      let long = JSONValue.string(String(repeating: "A", count: 200))
      damages.append(Damage("too long", place, long, hint: "AAAA…"))
    } else if let limit = schema["maxLength"]?.integer {
      let long = JSONValue.string(String(repeating: "é", count: Int(limit) + 1))
      damages.append(Damage("too long", place, long, hint: "a text of \(limit + 1) characters"))
      if schema["minLength"]?.integer ?? 0 > 0 {
        damages.append(Damage("empty", place, .string(""), hint: "a text of 0 characters"))
      }
    }
    return damages
  }

  /// The extreme values that the schema still allows.
  static func limits(
    of value: JSONValue, schema: JSONValue, at place: [JSONValue.Step]
  ) -> [Damage] {
    let schema = schema.resolved
    func variants(_ values: [JSONValue]) -> [Damage] {
      values.map { Damage("a limit", place, $0, hint: "") }
    }
    switch (schema["type"]?.string, value) {
    case ("object", .object(let members)):
      return members.flatMap { member in
        limits(
          of: member.value, schema: schema["properties"]?[member.key] ?? .null,
          at: place + [.key(member.key)])
      }
    case ("array", .array(let elements)):
      return elements.enumerated().flatMap { index, element in
        limits(of: element, schema: schema["items"] ?? .null, at: place + [.index(index)])
      }
    case ("integer", _):
      return variants([schema["minimum"], schema["maximum"]].compactMap(\.self))
    case ("boolean", _): return variants([.bool(true), .bool(false)])
    default: break
    }
    if let choices = schema["enum"]?.elements { return variants(choices) }
    guard let limit = schema["maxLength"]?.integer, schema["pattern"] == nil else { return [] }
    let lengths = [Int(schema["minLength"]?.integer ?? 0), Int(limit)]
    return variants(lengths.map { .string(String(repeating: "é", count: $0)) })
  }
}
