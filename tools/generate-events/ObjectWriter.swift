// An object of a schema as a Swift struct, with its decoder and its encoder.

extension SwiftText {
  /// The stored properties and the memberwise initializer.
  mutating func members(of fields: [Field]) {
    for field in fields {
      var paragraphs = field.description.map { [$0] } ?? []
      if let subject = field.personalSubject {
        paragraphs.append("Personal data of the person that `\(swiftProperty(of: subject))` names.")
      }
      for (index, paragraph) in paragraphs.enumerated() {
        if index > 0 { line("///") }
        documentation(paragraph)
      }
      line("public var \(escaped(field.property)): \(field.swiftType)")
      line()
    }
    let parameters = fields.map { field in
      "\(escaped(field.property)): \(field.swiftType)" + (field.isRequired ? "" : " = nil")
    }
    block("public init(\(parameters.joined(separator: ", ")))") { swift in
      for field in fields {
        swift.line("self.\(field.property) = \(escaped(field.property))")
      }
    }
    line()
    line("private static let fields = JSONFields([")
    for field in fields { line("  (\(literal("\"\(field.key)\":")), \(field.isRequired)),") }
    line("])")
  }

  // MARK: Decoding

  /// `init(json:)`.
  ///
  /// - Parameter family: decides whether a personal text may be one that is encrypted already.
  mutating func decoder(of fields: [Field], family: Family?) {
    block("public init(json reader: inout JSONReader) throws(JSONError)") { swift in
      for field in fields {
        let optional = field.isRequired ? field.swiftType + "?" : field.swiftType
        swift.line("var \(escaped(field.property)): \(optional)")
      }
      swift.line("let objectFields = Self.fields")
      swift.line("var objectProgress = try reader.beginObject()")
      let loop = "while let field = try reader.nextField(objectFields, &objectProgress)"
      swift.block(loop) { swift in
        swift.cases("field") { swift in
          for (index, field) in fields.enumerated() {
            swift.line("case \(index):")
            swift.decode(field, family: family)
          }
          swift.line("default: preconditionFailure(\"a field outside the table\")")
        }
      }
      let required = fields.filter(\.isRequired).map { "let \(escaped($0.property))" }
      if !required.isEmpty {
        swift.block("guard \(required.joined(separator: ", ")) else") { swift in
          swift.line("preconditionFailure(\"nextField checks that no required field is missing\")")
        }
      }
      for field in fields { swift.line("self.\(field.property) = \(escaped(field.property))") }
    }
  }

  private mutating func decode(_ field: Field, family: Family?) {
    let read = reading(field, family: family)
    guard let allowed = field.shape.elements else {
      return line("  \(escaped(field.property)) = \(read)")
    }
    line("  var elements: [\(field.shape.swiftType)] = []")
    line("  try reader.beginArray()")
    line("  while try reader.nextElement(elements.count, of: \(swiftRange(allowed))) {")
    line("    elements.append(\(read))")
    line("  }")
    line("  \(escaped(field.property)) = elements")
  }

  private func reading(_ field: Field, family: Family?) -> String {
    switch field.shape.kind {
    case .text(let length) where field.personalSubject != nil:
      let sealed = family == .event ? "accepted" : "refused"
      return "try reader.readPersonal(length: \(swiftRange(length)), encrypted: .\(sealed))"
    case .text(let length): return "try reader.readString(length: \(swiftRange(length)))"
    case .integer(let range): return "try reader.readInteger(\(swiftRange(range)))"
    case .boolean: return "try reader.readBool()"
    default: return "try \(field.shape.swiftType)(json: &reader)"
    }
  }

  // MARK: Encoding

  /// `writeJSON(to:)`.
  mutating func encoder(of fields: [Field]) {
    block("public func writeJSON(to bytes: inout [UInt8])") { swift in
      guard let first = fields.first else { return swift.line("bytes.appendLiteral(\"{}\")") }
      // Whether a comma is due is known in advance once a field has surely been written.
      var isKnown = first.isRequired
      if !isKnown { swift.line("bytes.appendLiteral(\"{\")") }
      for (index, field) in fields.enumerated() {
        let key = "\"\(field.key)\":"
        let access = "self.\(field.property)"
        let token: String
        switch (index, isKnown) {
        case (0, true): token = "bytes.appendLiteral(\(literal("{" + key)))"
        case (_, true): token = "bytes.appendLiteral(\(literal("," + key)))"
        case (_, false): token = "bytes.appendKey(\(literal(key)))"
        }
        if field.isRequired {
          swift.line(token)
          swift.encode(access, field.shape)
          isKnown = true
        } else {
          swift.block("if let value = \(access)") { swift in
            swift.line(token)
            swift.encode("value", field.shape)
          }
        }
      }
      swift.line("bytes.appendLiteral(\"}\")")
    }
  }

  private mutating func encode(_ access: String, _ shape: Shape) {
    guard shape.elements != nil else { return line(writing(access, shape.kind)) }
    line("bytes.appendLiteral(\"[\")")
    block("for (index, element) in \(access).enumerated()") { swift in
      swift.line("if index > 0 { bytes.appendLiteral(\",\") }")
      swift.line(swift.writing("element", shape.kind))
    }
    line("bytes.appendLiteral(\"]\")")
  }

  private func writing(_ access: String, _ kind: Kind) -> String {
    switch kind {
    case .text, .integer, .boolean: "bytes.appendJSON(\(access))"
    default: "\(access).writeJSON(to: &bytes)"
    }
  }

  func swiftRange(_ range: ClosedRange<Int>) -> String {
    "\(range.lowerBound)...\(range.upperBound)"
  }
}
