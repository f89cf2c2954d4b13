// A parameter of a route: its name, where it stands, what it may be, and how its text becomes a
// value. All parameters of a request are read before the handler runs, so a handler sees valid
// values only.

/// A declared parameter with the type of its value.
public struct Parameter<Value: Sendable>: DeclaredParameter {
  public let declaration: ParameterDeclaration
  private let parse: @Sendable (_ texts: [String]) -> Value?

  /// - Parameters:
  ///   - declaration: what the reference says of it.
  ///   - parse: makes the value of the texts that were given, none where the parameter is absent;
  ///     returns `nil` for a text that is not ``ParameterDeclaration/expectation``.
  public init(
    _ declaration: ParameterDeclaration, parse: @escaping @Sendable (_ texts: [String]) -> Value?
  ) {
    self.declaration = declaration
    self.parse = parse
  }

  public func value(of texts: [String]) -> (any Sendable)? { parse(texts) }
}

/// A parameter without the type of its value, as the table holds it.
public protocol DeclaredParameter: Sendable {
  var declaration: ParameterDeclaration { get }

  /// The value of the given texts; `nil` if they are not ``ParameterDeclaration/expectation``.
  func value(of texts: [String]) -> (any Sendable)?
}

/// What a reader of the reference learns of a parameter.
public struct ParameterDeclaration: Sendable, Hashable {
  public enum Place: Sendable, Hashable { case path, query }

  /// The form of a value, as JSON Schema would name it.
  public enum Form: Sendable, Hashable {
    case text(byteCount: ClosedRange<Int>)
    case identifier
    case choice([String])
    /// Some of these, with commas between.
    case choices([String])
    case wholeNumber(ClosedRange<UInt64>)
    case boolean
    /// RFC 3339, with any offset.
    case time
    /// A text that matches a pattern of JSON Schema.
    case matching(String)
  }

  public var name: String
  public var place: Place
  public var form: Form
  /// Completes "… is not": `a whole number between 1 and 500`.
  public var expectation: String
  public var isRequired: Bool
  /// Whether the parameter may be given several times.
  public var isRepeatable: Bool
  /// What an absent parameter means, as text.
  public var defaultText: String?

  public init(
    _ name: String, in place: Place = .query, form: Form, expectation: String,
    isRequired: Bool = false, isRepeatable: Bool = false, defaultText: String? = nil
  ) {
    self.name = name
    self.place = place
    self.form = form
    self.expectation = expectation
    self.isRequired = isRequired || place == .path
    self.isRepeatable = isRepeatable
    self.defaultText = defaultText
  }
}
