// One version of an event or a command as a Swift struct.

extension SwiftText {
  mutating func message(_ message: Message) {
    line()
    if message.isLatest {
      declaration(of: message, named: message.name)
    } else {
      block("extension \(message.name)") { swift in
        swift.declaration(of: message, named: "V\(message.version)")
      }
    }
    upcasting(to: message)
  }

  private mutating func declaration(of message: Message, named name: String) {
    documentation(message.description, "Schema `\(message.urn)`.")
    let conformance = message.family == .event ? "EventData" : "CommandData"
    block("public struct \(name): \(conformance)") { swift in
      swift.line("public static let typeName = \"\(message.name)\"")
      swift.line("public static let dataSchema = \"\(message.urn)\"")
      swift.line()
      swift.members(of: message.fields)
      swift.line()
      swift.decoder(of: message.fields, family: message.family)
      swift.line()
      swift.encoder(of: message.fields)
      if message.family == .event {
        swift.line()
        swift.readability(of: message.fields)
      }
      swift.personalFields(of: message)
    }
  }

  /// The compiler asks for `upcast` in the newer version's own file.
  private mutating func upcasting(to message: Message) {
    guard message.family == .event, message.version > 1 else { return }
    line()
    block("extension \(message.swiftType): Upcasting") { swift in
      swift.line("public typealias Previous = \(message.name).V\(message.version - 1)")
    }
  }

  private mutating func personalFields(of message: Message) {
    let personal = message.fields.filter { $0.personalSubject != nil }
    guard !personal.isEmpty else { return }
    line()
    line("public static let personalFields: [PersonalField] = [")
    for field in personal {
      line("  PersonalField(\"\(field.key)\", subject: \"\(field.personalSubject ?? "")\"),")
    }
    line("]")
    line()
    line("public mutating func mapPersonal<Failure: Error>(")
    line(
      "  _ transform: (_ text: String, _ field: PersonalField, _ subject: String) throws(Failure)")
    block("    -> String\n  ) throws(Failure)") { swift in
      for (index, field) in personal.enumerated() {
        let subject = "self.\(swiftProperty(of: field.personalSubject ?? "")).rawValue"
        let access = "self.\(field.property)"
        func call(_ text: String) -> String {
          "\(access) = try transform(\(text), Self.personalFields[\(index)], \(subject))"
        }
        if field.isRequired {
          swift.line(call(access))
        } else {
          swift.block("if let value = \(access)") { $0.line(call("value")) }
        }
      }
    }
  }
}
