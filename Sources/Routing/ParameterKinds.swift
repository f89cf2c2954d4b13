// The kinds of parameters that routes have.
//
//     static let refundID = Parameter.path("refundId", as: RefundID.self)
//     static let status = Parameter.choice("status", of: RefundQueue.statuses)
//     static let limit = Parameter.wholeNumber("limit", 1...500, default: 50)

public import EventSourcing

private let identifierExpectation = "an identifier: 1 to 64 of A–Z a–z 0–9 _ -"

extension Parameter where Value: Identifier {
  /// An identifier in the path.
  public static func path(_ name: String, as _: Value.Type = Value.self) -> Parameter {
    Parameter(
      ParameterDeclaration(
        name, in: .path, form: .identifier, expectation: identifierExpectation)
    ) { $0.first.flatMap { Value($0) } }
  }
}

extension Parameter {
  /// An identifier in the query; `nil` where it is absent.
  public static func identifier<ID: Identifier>(
    _ name: String, as _: ID.Type = ID.self
  ) -> Parameter<ID?> where Value == ID? {
    .optional(
      ParameterDeclaration(name, form: .identifier, expectation: identifierExpectation)
    ) { ID($0) }
  }

  // MARK: Choices

  /// One of some words; `nil` where it is absent.
  public static func choice(
    _ name: String, of words: [String]
  ) -> Parameter<String?> where Value == String? {
    .optional(choiceDeclaration(name, words)) { words.contains($0) ? $0 : nil }
  }

  /// One of some words.
  public static func choice(
    _ name: String, of words: [String], default standard: String
  ) -> Parameter<String> where Value == String {
    .defaulting(choiceDeclaration(name, words), standard) { words.contains($0) ? $0 : nil }
  }

  /// One case of an enumeration; `nil` where it is absent.
  public static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, of _: Choice.Type
  ) -> Parameter<Choice?> where Value == Choice? {
    .optional(choiceDeclaration(name, Choice.allCases.map(\.rawValue))) { Choice(rawValue: $0) }
  }

  /// Some of some words with commas between; empty where it is absent.
  public static func choices(
    _ name: String, of words: [String]
  ) -> Parameter<[String]> where Value == [String] {
    let declaration = ParameterDeclaration(
      name, form: .choices(words),
      expectation: "a list, with commas between, of \(words.joined(separator: ", "))")
    return .defaulting(declaration, []) { text in
      let chosen = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return chosen.allSatisfy(words.contains) ? chosen : nil
    }
  }

  private static func choiceDeclaration(
    _ name: String, _ words: [String]
  ) -> ParameterDeclaration {
    ParameterDeclaration(
      name, form: .choice(words), expectation: "one of \(words.joined(separator: ", "))")
  }

  // MARK: Numbers, times, texts

  /// A whole number; `nil` where it is absent.
  public static func wholeNumber(
    _ name: String, _ bounds: ClosedRange<Int> = 0...Int.max
  ) -> Parameter<Int?> where Value == Int? {
    .optional(numberDeclaration(name, bounds)) { number($0, bounds) }
  }

  /// A whole number.
  public static func wholeNumber(
    _ name: String, _ bounds: ClosedRange<Int>, default standard: Int
  ) -> Parameter<Int> where Value == Int {
    .defaulting(numberDeclaration(name, bounds), standard) { number($0, bounds) }
  }

  /// A whole number that a request has to give.
  public static func requiredWholeNumber(
    _ name: String, _ bounds: ClosedRange<Int> = 0...Int.max
  ) -> Parameter<Int> where Value == Int {
    var declaration = numberDeclaration(name, bounds)
    declaration.isRequired = true
    return Parameter<Int>(declaration) { $0.first.flatMap { number($0, bounds) } }
  }

  private static func numberDeclaration(
    _ name: String, _ bounds: ClosedRange<Int>
  ) -> ParameterDeclaration {
    ParameterDeclaration(
      name, form: .wholeNumber(UInt64(bounds.lowerBound)...UInt64(bounds.upperBound)),
      expectation: bounds.upperBound == .max
        ? "a whole number from \(bounds.lowerBound)"
        : "a whole number between \(bounds.lowerBound) and \(bounds.upperBound)")
  }

  private static func number(_ text: String, _ bounds: ClosedRange<Int>) -> Int? {
    // Int accepts a sign.
    guard text.utf8.first.map({ (0x30...0x39).contains($0) }) ?? false else { return nil }
    return Int(text).flatMap { bounds.contains($0) ? $0 : nil }
  }

  /// `true` or `false`; `false` where it is absent, `true` where it has no value.
  public static func flag(_ name: String) -> Parameter<Bool> where Value == Bool {
    .defaulting(
      ParameterDeclaration(name, form: .boolean, expectation: "true or false"), false
    ) { $0 == "true" || $0.isEmpty ? true : $0 == "false" ? false : nil }
  }

  /// A time with any offset; `nil` where it is absent.
  public static func time(_ name: String) -> Parameter<Timestamp?> where Value == Timestamp? {
    .optional(
      ParameterDeclaration(
        name, form: .time,
        expectation: "a time such as 2026-01-16T10:00:00Z or 2026-01-16T11:00:00+01:00")
    ) { Timestamp($0) }
  }

  /// A text of so many bytes; `nil` where it is absent.
  public static func text(
    _ name: String, byteCount: ClosedRange<Int>
  ) -> Parameter<String?> where Value == String? {
    .optional(
      ParameterDeclaration(
        name, form: .text(byteCount: byteCount),
        expectation: "a text of \(byteCount.lowerBound) to \(byteCount.upperBound) bytes")
    ) { byteCount.contains($0.utf8.count) ? $0 : nil }
  }

  // MARK: Building blocks

  /// A parameter that may be absent.
  public static func optional<Wrapped: Sendable>(
    _ declaration: ParameterDeclaration, parse: @escaping @Sendable (String) -> Wrapped?
  ) -> Parameter<Wrapped?> where Value == Wrapped? {
    Parameter<Wrapped?>(declaration) { texts in
      guard let text = texts.first else { return .some(nil) }
      return parse(text).map { .some($0) }
    }
  }

  /// A parameter whose absence means a value.
  public static func defaulting(
    _ declaration: ParameterDeclaration, _ standard: Value,
    parse: @escaping @Sendable (String) -> Value?
  ) -> Parameter {
    var declaration = declaration
    declaration.defaultText = "\(standard)"
    return Parameter(declaration) { texts in
      guard let text = texts.first else { return standard }
      return parse(text)
    }
  }
}
