// The form of the JSON that a route answers with. The contract shows it as JSON Schema; the tests
// hold every answer against it, so it says no more than what every answer keeps.

/// The form of a JSON value.
public indirect enum JSONShape: Sendable, Hashable {
  case text
  /// A text of so many characters (Unicode scalars).
  case textOf(length: ClosedRange<Int>)
  /// A text that matches a pattern.
  case matching(String)
  /// An e-mail address.
  case email
  /// One of some texts.
  case choice([String])
  /// An RFC 3339 time.
  case time
  case wholeNumber
  case wholeNumberIn(ClosedRange<Int>)
  case boolean
  /// Any value.
  case any
  case list(JSONShape)
  case listOf(JSONShape, count: ClosedRange<Int>)
  /// An object with any members of one shape.
  case map(JSONShape)
  /// These members and no others.
  case object([Member])
  /// The shape, or `null`.
  case nullable(JSONShape)
  /// One of these.
  case either([JSONShape])
  /// A type of EventSchemas/types.json.
  case type(String)
  /// A schema that the contract makes of those in EventSchemas.
  case component(String)

  /// A member of an object.
  public struct Member: Sendable, Hashable {
    public var name: String
    public var shape: JSONShape
    public var isRequired: Bool

    public init(_ name: String, _ shape: JSONShape, isRequired: Bool = true) {
      (self.name, self.shape, self.isRequired) = (name, shape, isRequired)
    }
  }
}

extension JSONShape {
  /// An object.
  ///
  /// - Parameters:
  ///   - required: the members that are always there.
  ///   - optional: the members that may be left out.
  public static func object(
    _ required: KeyValuePairs<String, JSONShape>,
    optional: KeyValuePairs<String, JSONShape> = [:]
  ) -> JSONShape {
    .object(
      required.map { Member($0.key, $0.value) }
        + optional.map { Member($0.key, $0.value, isRequired: false) })
  }

  /// An object's members and others.
  ///
  /// - Precondition: this is an object.
  public func with(
    _ required: KeyValuePairs<String, JSONShape>,
    optional: KeyValuePairs<String, JSONShape> = [:]
  ) -> JSONShape {
    guard case .object(let members) = self,
      case .object(let more) = JSONShape.object(
        required, optional: optional)
    else { preconditionFailure("only an object has members") }
    return .object(members + more)
  }

  /// The pattern of an identifier that a caller chooses.
  public static let identifier = JSONShape.matching("^[A-Za-z0-9_-]{1,64}$")
}
