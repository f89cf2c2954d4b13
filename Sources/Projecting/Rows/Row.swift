// One type for the rows of one table serves SQL and JSON. The properties are the columns and the
// members, in their order; nothing is read by number:
//
//   property      column        JSON member
//   refundID      refund_id     refundId
//   note: String? note or NULL  note, left out without a value
//   reason.code   reason_code   reason: {code}, an object, for a property that is a struct
//
// Properties are String, Int, Bool, JSONText, structs of these, and optionals of all of them.

public import JSON
public import Routing

/// A row of a table, as SQL gives it and as JSON shows it.
///
/// ```swift
/// struct HoldRow: Row {
///   static let table = "holds"
///   var holdID: String
///   var amount: Int
///   var legID: String?
/// }
/// let holds = try database.rows(HoldRow.self, "WHERE tenant = ? ORDER BY hold_id", tenant)
/// ```
public protocol Row: Codable, Sendable {
  /// The table, or the tables with their join, that rows are read from.
  static var table: String { get }

  /// The SQL of the properties that are not columns of their own name, by property, such as
  /// `reason.code`.
  static var expressions: [String: String] { get }

  /// The shapes of properties whose type does not say it, such as those of JSON, by property.
  static var shapes: [String: JSONShape] { get }
}

extension Row {
  public static var expressions: [String: String] { [:] }

  public static var shapes: [String: JSONShape] { [:] }

  /// The row as members of a JSON object.
  public var members: [JSONValue.Member] { MemberEncoder.members(of: self) }

  public var json: JSONValue { .object(members) }
}

/// A column that holds JSON, which is shown as it is.
public struct JSONText: Codable, Hashable, Sendable {
  public var value: JSONValue

  public init(_ value: JSONValue) { self.value = value }

  /// A row's decoder reads it by itself; nothing else decodes rows.
  public init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "JSONText outside a row"))
  }

  public func encode(to encoder: any Encoder) throws {
    throw EncodingError.invalidValue(
      self, .init(codingPath: encoder.codingPath, debugDescription: "JSONText outside a row"))
  }
}

extension String {
  /// `refund_id` of `refundID`.
  var columnName: String {
    var name = ""
    var follows = false
    for character in self {
      if character.isUppercase, follows { name.append("_") }
      name.append(character == "." ? "_" : Character(character.lowercased()))
      follows = character.isLowercase || character.isNumber
    }
    return name
  }

  /// `refundId` of `refundID`.
  var memberName: String { hasSuffix("ID") ? dropLast(2) + "Id" : self }
}
