// What the schemas say, once it is understood. References are resolved; names are Swift's.

import Foundation
import JSON

/// All schemas of the folder, in the order in which they are written.
struct Schemas {
  var definitions: [Definition]
  var events: [Message]
  var commands: [Message]
  var permissions: Permissions
  /// The file of the shared types.
  var typesText: SchemaText
}

/// A shared type of types.json.
struct Definition {
  var name: String
  var description: String
  var kind: Kind

  /// The type that code refers to.
  var swiftType: String {
    switch kind {
    case .existing(let type): type
    default: name
    }
  }
}

indirect enum Kind {
  /// Written by hand elsewhere; nothing is generated.
  case existing(String)
  case identifier
  case patterned(Pattern)
  /// A text of so many Unicode code points.
  case text(ClosedRange<Int>)
  case choice([String])
  case integer(ClosedRange<Int>)
  case boolean
  case timestamp
  case date
  case object([Field])
}

/// What one property holds: a value or an array of them.
struct Shape {
  var swiftType: String
  var kind: Kind
  /// The allowed number of elements, of an array.
  var elements: ClosedRange<Int>?
}

struct Field {
  var key: String
  var description: String?
  var isRequired: Bool
  /// The key that holds the id of the person whose data this is.
  var personalSubject: String?
  var shape: Shape

  var property: String { swiftProperty(of: key) }

  /// A type, with `?` where the field may be absent.
  var swiftType: String {
    let type = shape.elements == nil ? shape.swiftType : "[\(shape.swiftType)]"
    return isRequired ? type : type + "?"
  }
}

enum Family: String {
  case event, command

  /// What the names of its unions end in.
  var typeSuffix: String {
    switch self {
    case .event: "Event"
    case .command: "Command"
    }
  }

  /// The keyword that names a stream.
  var placeKeyword: String {
    switch self {
    case .event: "x-stream"
    case .command: "x-target"
    }
  }
}

/// One version of an event or a command.
struct Message {
  var family: Family
  var name: String
  var version: Int
  var isLatest = true
  var description: String
  var template: Template
  var fields: [Field]
  /// The whole file.
  var text: String

  var file: String { "\(family.rawValue)s/\(name).\(version).json" }

  var urn: String { "urn:redress:\(family.rawValue):\(name):\(version)" }

  /// The latest version has the bare name; `X.V1` is an older one.
  var swiftType: String { isLatest ? name : "\(name).V\(version)" }

  var swiftCase: String { name.prefix(1).lowercased() + name.dropFirst() }
}

/// A stream's name: `tenant`, or `refund/{refundId}`.
struct Template {
  var aggregate: Aggregate
  var field: Field?
}

/// `refundId` is `refundID` in Swift, `sha256` stays.
func swiftProperty(of key: String) -> String {
  if key.hasSuffix("Id") { return key.dropLast(2) + "ID" }
  if key.hasSuffix("Ids") { return key.dropLast(3) + "IDs" }
  return key
}

/// `awaiting_customer` is `awaitingCustomer` in Swift.
func swiftCase(of value: String) -> String {
  let words = value.split(separator: "_")
  return words.dropFirst().reduce(String(words.first ?? "")) { name, word in
    name + word.prefix(1).uppercased() + word.dropFirst()
  }
}

/// A name in backticks where Swift needs them.
func escaped(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }

private let keywords: Set<String> = [
  "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer",
  "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func",
  "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "operator",
  "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct",
  "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where",
  "while",
]
