// The unions: for each aggregate one of its events and one of its commands, always in their latest
// versions, and `Event` and `Command` over them.

extension SwiftText {
  // MARK: One aggregate

  /// `RefundEvent` or `RefundCommand`, from all versions of its messages.
  mutating func union(_ family: Family, of aggregate: Aggregate, _ messages: [Message]) {
    let latest = messages.filter(\.isLatest)
    let union = aggregate.union(of: family)
    line()
    documentation(
      family == .event
        ? "What happened to \(aggregate.words), in the latest version of its schema."
        : "What can be asked of \(aggregate.words).")
    block("public indirect enum \(union): Equatable, Sendable") { swift in
      for message in latest { swift.line("case \(message.swiftCase)(\(message.name))") }
    }
    line()
    block("extension \(union)") { swift in
      swift.property("The case's own data.", "data: any \(family.typeSuffix)Data", latest) { _ in
        "data"
      }
      swift.property("The type's name.", "type: String", latest, binding: "_") {
        "\"\($0.name)\""
      }
      switch family {
      case .event: swift.eventProperties(aggregate, latest)
      case .command:
        let meaning = "The aggregate that an expected revision is about; nil while its id is"
        swift.property("\(meaning) to be made.", "subject: Subject?", latest, with: swift.subject)
      }
      swift.writeData(latest)
      swift.mapPersonal(latest)
    }
    if family == .event { own(union, aggregate) }
  }

  private mutating func eventProperties(_ aggregate: Aggregate, _ latest: [Message]) {
    property("The schema's URN.", "dataSchema: String", latest, binding: "_") { "\"\($0.urn)\"" }
    property(
      "The type and the schema as the envelope writes them.", "head: StaticString", latest,
      binding: "_"
    ) {
      literal("\"\($0.name)\",\"dataschema\":\"\($0.urn)\"")
    }
    property("The aggregate that it belongs to.", "subject: Subject", latest, with: subject)
    property(
      "The key of a value that the schema would refuse to read; nil where all is well.",
      "unreadableKey: String?", latest
    ) { _ in "data.unreadableKey" }
  }

  private func subject(of message: Message) -> (binding: String, value: String) {
    let subject = ".\(message.template.aggregate.swiftCase)"
    guard let field = message.template.field else { return ("_", subject) }
    let id = "data.\(field.property)"
    return (
      "let data", field.isRequired ? "\(subject)(\(id))" : "\(id).map { \(subject)($0) }"
    )
  }

  private mutating func own(_ union: String, _ aggregate: Aggregate) {
    line()
    block("extension \(union): AggregateEvent") { swift in
      swift.block("public init?(_ event: Event)") { swift in
        swift.line("guard case .\(aggregate.swiftCase)(let own) = event else { return nil }")
        swift.line("self = own")
      }
    }
  }

  private mutating func property(
    _ summary: String, _ declaration: String, _ messages: [Message], binding: String = "let data",
    _ value: (Message) -> String
  ) {
    property(summary, declaration, messages) { (binding, value($0)) }
  }

  private mutating func property(
    _ summary: String, _ declaration: String, _ messages: [Message],
    with value: (Message) -> (binding: String, value: String)
  ) {
    documentation(summary)
    let access = declaration.hasPrefix("head") ? "" : "public "
    block("\(access)var \(declaration)") { swift in
      swift.cases("self") { swift in
        for message in messages {
          let (binding, value) = value(message)
          let pattern = binding == "_" ? "" : "(\(binding))"
          swift.line("case .\(message.swiftCase)\(pattern): \(value)")
        }
      }
    }
    line()
  }

  private mutating func writeData(_ messages: [Message]) {
    documentation("Appends the data's canonical JSON.")
    block("public func writeData(to bytes: inout [UInt8])") { swift in
      swift.cases("self") { swift in
        for message in messages {
          swift.line("case .\(message.swiftCase)(let data): data.writeJSON(to: &bytes)")
        }
      }
    }
  }

  private mutating func mapPersonal(_ messages: [Message]) {
    if !messages.contains(where: \.isPersonal) { return }
    line()
    mapPersonal { swift in
      for message in messages {
        swift.mapping(message.swiftCase, isPersonal: message.isPersonal)
      }
    }
  }

  private mutating func mapPersonal(_ cases: (inout SwiftText) -> Void) {
    documentation("Replaces each personal text, for instance by its encrypted form.")
    line("public mutating func mapPersonal<Failure: Error>(")
    line(
      "  _ transform: (_ text: String, _ field: PersonalField, _ subject: String) throws(Failure)")
    block("    -> String\n  ) throws(Failure)") { $0.cases("self", cases) }
  }

  private mutating func mapping(_ name: String, isPersonal: Bool) {
    if !isPersonal { return line("case .\(name): break") }
    line("case .\(name)(var data):")
    line("  try data.mapPersonal(transform)")
    line("  self = .\(name)(data)")
  }

  // MARK: All aggregates

  /// `Event` or `Command`.
  mutating func union(_ family: Family, _ messages: [Message]) {
    let latest = messages.filter(\.isLatest)
    let aggregates = latest.aggregates
    let union = family.typeSuffix
    line()
    documentation(
      family == .event ? "What happened, by aggregate." : "What can be asked, by aggregate.")
    block("public enum \(union): Equatable, Sendable") { swift in
      for aggregate in aggregates {
        swift.line("case \(escaped(aggregate.swiftCase))(\(aggregate.union(of: family)))")
      }
    }
    line()
    block("extension \(union)") { swift in
      swift.documentation("The names of all types, sorted.")
      let names = latest.map { "\"\($0.name)\"" }.joined(separator: ", ")
      swift.line("public static let types: [String] = [\(names)]")
      swift.line()
      swift.forward("The case's own data.", "data: any \(union)Data", aggregates)
      swift.forward("The type's name.", "type: String", aggregates)
      switch family {
      case .event:
        swift.forward("The schema's URN.", "dataSchema: String", aggregates)
        swift.forward("What the envelope says of it.", "head: StaticString", aggregates)
        swift.forward("The aggregate that it belongs to.", "subject: Subject", aggregates)
        swift.forward(
          "The key of a value that the schema would refuse to read; nil where all is well.",
          "unreadableKey: String?", aggregates)
      case .command:
        let meaning = "The aggregate that an expected revision is about; nil while its id is"
        swift.forward("\(meaning) to be made.", "subject: Subject?", aggregates)
      }
      swift.writeData(aggregates)
      swift.mapPersonal { swift in
        for aggregate in aggregates {
          let isPersonal = latest.of(aggregate).contains(where: \.isPersonal)
          swift.mapping(aggregate.swiftCase, isPersonal: isPersonal)
        }
      }
    }
    factories(union, latest)
    line()
    block("extension \(union)") { swift in
      swift.reading(family == .event ? messages : latest)
      if family == .event { swift.recoding(messages) }
    }
  }

  private mutating func forward(
    _ summary: String, _ declaration: String, _ aggregates: [Aggregate]
  ) {
    documentation(summary)
    let name = declaration.prefix { $0 != ":" }
    block("\(name == "head" ? "" : "public ")var \(declaration)") { swift in
      swift.cases("self") { swift in
        for aggregate in aggregates {
          swift.line("case .\(aggregate.swiftCase)(let own): own.\(name)")
        }
      }
    }
    line()
  }

  private mutating func writeData(_ aggregates: [Aggregate]) {
    documentation("Appends the data's canonical JSON.")
    block("public func writeData(to bytes: inout [UInt8])") { swift in
      swift.cases("self") { swift in
        for aggregate in aggregates {
          swift.line("case .\(aggregate.swiftCase)(let own): own.writeData(to: &bytes)")
        }
      }
    }
    line()
  }

  /// So that `.refundApproved(…)` makes an `Event` without its aggregate's name.
  private mutating func factories(_ union: String, _ messages: [Message]) {
    line()
    line("// Short forms that make one. A pattern names the aggregate.")
    block("extension \(union)") { swift in
      for message in messages {
        swift.line(
          "public static func \(message.swiftCase)(_ data: \(message.name)) -> Self "
            + "{ \(message.wrapped("data")) }")
      }
    }
  }

  private mutating func reading(_ messages: [Message]) {
    let versions = messages.first?.family == .event ? "version: Int, " : ""
    documentation("Reads the data of the type that is named; nil for one this build does not know.")
    line("static func read(")
    line("  _ name: Span<UInt8>, \(versions)json reader: inout JSONReader")
    block(") throws(JSONError) -> Self?") { swift in
      swift.dispatch(messages) { message in
        var value = "try \(message.swiftType)(json: &reader)"
        let newer = messages.filter { $0.name == message.name && $0.version > message.version }
        for next in newer { value = "\(next.swiftType).upcast(\(value))" }
        return message.wrapped(value)
      }
    }
  }

  private mutating func recoding(_ messages: [Message]) {
    line()
    documentation(
      "Reads the data in the very version that is named and appends its canonical form.",
      "- Returns: nil for a type or version this build does not know.")
    line("static func recode(")
    line("  _ name: Span<UInt8>, version: Int, json reader: inout JSONReader,")
    line("  to bytes: inout [UInt8]")
    block(") throws(JSONError) -> Void?") { swift in
      swift.dispatch(messages) { message in
        "try \(message.swiftType)(json: &reader).writeJSON(to: &bytes)"
      }
    }
  }

  /// Finds a name by its length first, then by its bytes.
  private mutating func dispatch(_ messages: [Message], _ value: (Message) -> String) {
    let isVersioned = messages.first?.family == .event
    cases("name.count") { swift in
      let lengths = Dictionary(grouping: messages, by: \.name.utf8.count)
      for (length, group) in lengths.sorted(by: { $0.key < $1.key }) {
        swift.line("case \(length):")
        for message in group {
          let version = isVersioned ? "version == \(message.version), " : ""
          swift.line("  if \(version)name.isEqual(to: \"\(message.name)\") {")
          swift.line("    return \(value(message))")
          swift.line("  }")
        }
      }
      swift.line("default: break")
    }
    line("return nil")
  }
}

extension Message {
  var isPersonal: Bool { fields.contains { $0.personalSubject != nil } }

  /// The value in the unions, from the expression of its data.
  fileprivate func wrapped(_ data: String) -> String {
    ".\(template.aggregate.swiftCase)(.\(swiftCase)(\(data)))"
  }
}
