// The shared types of types.json as Swift.

extension SwiftText {
  mutating func definition(_ definition: Definition) {
    switch definition.kind {
    case .existing: return
    case .identifier: identifier(definition)
    case .patterned(let pattern): patterned(definition, pattern)
    case .choice(let values): choice(definition, values)
    case .object(let fields): object(definition, fields)
    case .text(let length):
      alias(definition, "String", "\(length.lowerBound) to \(length.upperBound) characters.")
    case .integer(let range):
      alias(definition, "Int", "\(range.lowerBound) to \(range.upperBound).")
    case .boolean: alias(definition, "Bool")
    case .timestamp: alias(definition, "Timestamp")
    case .date: alias(definition, "CalendarDate")
    }
  }

  private mutating func alias(_ definition: Definition, _ type: String, _ limits: String? = nil) {
    // The vocabulary's own types keep their names.
    if definition.name == type { return }
    line()
    documentation(definition.description)
    if let limits {
      line("///")
      documentation(limits)
    }
    line("public typealias \(definition.name) = \(type)")
  }

  private mutating func identifier(_ definition: Definition) {
    line()
    documentation(definition.description)
    block("public struct \(definition.name): Identifier, JSONCodable") { swift in
      swift.line("public let rawValue: String")
      swift.line()
      swift.line("public init(unchecked rawValue: String) { self.rawValue = rawValue }")
    }
  }

  private mutating func patterned(_ definition: Definition, _ pattern: Pattern) {
    line()
    documentation(definition.description, "A text that matches `\(pattern.source)`.")
    block("public struct \(definition.name): PatternedText") { swift in
      swift.line("public let rawValue: String")
      swift.line()
      swift.line("public init(unchecked rawValue: String) { self.rawValue = rawValue }")
      swift.line()
      let words = definition.description.prefix(1).lowercased() + definition.description.dropFirst()
      let rule = "a text that matches \(pattern.source): \(words)"
      swift.line("public static let rule: StaticString = \(literal(rule))")
      swift.line()
      swift.block("public static func matches(_ text: Span<UInt8>) -> Bool") { swift in
        swift.line("var index = 0")
        for part in pattern.parts { swift.line("guard \(swift.check(part)) else { return false }") }
        swift.line("return index == text.count")
      }
    }
  }

  private func check(_ part: Pattern.Part) -> String {
    switch part {
    case .choice(let texts):
      let list = texts.map(literal).joined(separator: ", ")
      return "text.skip(&index, anyOf: [\(list)])"
    case .bytes(let ranges, let count):
      let tests = ranges.map { range in
        range.count == 1
          ? "$0 == \(range.lowerBound)" : "(\(range.lowerBound)...\(range.upperBound)) ~= $0"
      }
      return "text.skip(&index, \(count.lowerBound)...\(count.upperBound), while: "
        + "{ \(tests.joined(separator: " || ")) })"
    }
  }

  private mutating func choice(_ definition: Definition, _ values: [String]) {
    line()
    documentation(definition.description)
    let head = "public enum \(definition.name): String, CaseIterable, Sendable, JSONCodable"
    block(head) { swift in
      for value in values {
        let name = swiftCase(of: value)
        swift.line("case \(escaped(name))" + (name == value ? "" : " = \"\(value)\""))
      }
      swift.line()
      let list = values.map { "\"\($0)\"" }.joined(separator: ", ")
      swift.line("private static let choices: [StaticString] = [\(list)]")
      swift.line()
      swift.block("public init(json reader: inout JSONReader) throws(JSONError)") { swift in
        swift.cases("try reader.readChoice(Self.choices)") { swift in
          for (index, value) in values.dropLast().enumerated() {
            swift.line("case \(index): self = .\(swiftCase(of: value))")
          }
          swift.line("default: self = .\(swiftCase(of: values[values.count - 1]))")
        }
      }
      swift.line()
      swift.block("public func writeJSON(to bytes: inout [UInt8])") { swift in
        swift.cases("self") { swift in
          for value in values {
            let text = literal("\"\(value)\"")
            swift.line("case .\(swiftCase(of: value)): bytes.appendLiteral(\(text))")
          }
        }
      }
    }
  }

  private mutating func object(_ definition: Definition, _ fields: [Field]) {
    line()
    documentation(definition.description)
    block("public struct \(definition.name): Equatable, Sendable, JSONCodable") { swift in
      swift.members(of: fields)
      swift.line()
      swift.decoder(of: fields, family: nil)
      swift.line()
      swift.encoder(of: fields)
      swift.line()
      swift.readability(of: fields)
    }
  }
}
