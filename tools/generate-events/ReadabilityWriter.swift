// Whether an object's values are such as its decoder would accept, without writing and reading
// them.

extension SwiftText {
  /// `unreadableKey`.
  mutating func readability(of fields: [Field]) {
    documentation(
      "The key of a value that the schema would refuse to read; nil where there is none.")
    block("public var unreadableKey: String?") { swift in
      for field in fields {
        let access = "self.\(field.property)"
        if field.isRequired {
          swift.check(access, field)
        } else if field.shape.elements != nil || swift.refusal("value", field) != nil {
          swift.block("if let value = \(access)") { $0.check("value", field) }
        }
      }
      swift.line("return nil")
    }
  }

  private mutating func check(_ access: String, _ field: Field) {
    guard let allowed = field.shape.elements else {
      if let refusal = refusal(access, field) { line(refusal) }
      return
    }
    line(
      "if !(\(swiftRange(allowed)) ~= \(access).count) { return \"\(field.key)\" }")
    guard let refusal = refusal("element", field) else { return }
    block("for element in \(access)") { $0.line(refusal) }
  }

  /// The statement that returns the key of a value that would not be read; nil where any would be.
  private func refusal(_ access: String, _ field: Field) -> String? {
    let isReadable: String
    switch field.shape.kind {
    case .text(let length):
      let personal = field.personalSubject == nil ? "" : "personal: "
      isReadable = "\(access).isReadable(\(personal)\(swiftRange(length)))"
    case .integer(let range): isReadable = "(\(swiftRange(range)) ~= \(access))"
    case .identifier, .patterned, .existing, .timestamp, .date: isReadable = "\(access).isReadable"
    case .choice, .boolean: return nil
    case .object:
      return "if let key = \(access).unreadableKey { return \"\(field.key).\" + key }"
    }
    return "if !\(isReadable) { return \"\(field.key)\" }"
  }
}
