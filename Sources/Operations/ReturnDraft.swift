// A return that a customer has begun to fill in and not handed in: the order, the lines chosen so
// far, how far it is. It lives for twelve hours after it was last saved.

public import EventSourcing
public import JSON

/// What a shop calls a draft, `[A-Za-z0-9_-]{1,64}`.
public struct DraftID: Identifier {
  public let rawValue: String

  public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// What a caller saves.
public struct ReturnDraft: Sendable, Hashable {
  public enum Status: String, CaseIterable, Sendable {
    /// The customer is filling it in.
    case open
    /// It became a return, and is kept only so that the shop's page can say so.
    case submitted
  }

  /// What is chosen of one line of the order.
  public struct Line: Sendable, Hashable {
    public var lineID: String
    public var quantity: Int
    /// A code of the tenant's reasons.
    public var reason: String?
    public var note: String?
  }

  public var orderID: String
  public var customerID: String?
  public var customerEmail: EmailAddress?
  public var status: Status
  public var lines: [Line]
}

extension ReturnDraft: RecordBody, JSONCodable {
  public static let noun = "a draft of a return"

  private static let fields = JSONFields([
    ("\"orderId\":", true), ("\"customerId\":", false), ("\"customerEmail\":", false),
    ("\"status\":", false), ("\"lines\":", true),
  ])

  public init(json reader: inout JSONReader) throws(JSONError) {
    self.init(orderID: "", status: .open, lines: [])
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Self.fields, &progress) {
      switch field {
      case 0: orderID = try reader.readIdentifier()
      case 1: customerID = try reader.readIdentifier()
      case 2:
        customerEmail = try reader.readText("an e-mail address such as robin@example.com") {
          EmailAddress(String(repairing: $0))
        }
      case 3: status = Status.allCases[try reader.readChoice(["open", "submitted"])]
      default:
        try reader.beginArray()
        while try reader.nextElement(lines.count, of: 0...1_000) {
          lines.append(try Line(json: &reader))
        }
      }
    }
  }

  public var contradiction: String? {
    var seen: Set<String> = []
    return lines.first { !seen.insert($0.lineID).inserted }.map {
      "lines: the line \($0.lineID) occurs twice; name each once with its whole quantity."
    }
  }

  public func writeJSON(to bytes: inout [UInt8]) {
    JSONValue.object(
      [
        .init("orderId", .string(orderID)),
        customerID.map { .init("customerId", .string($0)) },
        customerEmail.map { .init("customerEmail", .string($0.rawValue)) },
        .init("status", .string(status.rawValue)),
        .init("lines", .array(lines.map(\.json))),
      ].compactMap { $0 }
    ).writeJSON(to: &bytes)
  }
}

extension ReturnDraft.Line {
  private static let fields = JSONFields([
    ("\"lineId\":", true), ("\"quantity\":", true), ("\"reason\":", false), ("\"note\":", false),
  ])

  fileprivate init(json reader: inout JSONReader) throws(JSONError) {
    self.init(lineID: "", quantity: 0)
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Self.fields, &progress) {
      switch field {
      case 0: lineID = try reader.readIdentifier()
      case 1: quantity = try reader.readInteger(1...1_000_000_000)
      case 2: reason = try reader.readString(length: 1...64)
      default: note = try reader.readString(length: 1...2_000)
      }
    }
  }

  fileprivate var json: JSONValue {
    .object(
      [
        .init("lineId", .string(lineID)), .init("quantity", .integer(Int64(quantity))),
        reason.map { .init("reason", .string($0)) }, note.map { .init("note", .string($0)) },
      ].compactMap { $0 })
  }
}

/// What a caller sends to be kept as a record.
public protocol RecordBody {
  /// How people call it, with its article.
  static var noun: String { get }

  /// Reads it strictly: nothing unknown, nothing missing, nothing twice.
  init(json reader: inout JSONReader) throws(JSONError)

  /// What no schema could refuse, as a sentence; `nil` where there is nothing.
  var contradiction: String? { get }
}

extension RecordBody {
  public var contradiction: String? { nil }
}

extension JSONReader {
  mutating func readIdentifier() throws(JSONError) -> String {
    try readText("an identifier of 1 to 64 of A–Z a–z 0–9 _ -") { utf8 in
      let text = String(repairing: utf8)
      return TenantID.isValid(text.utf8) ? text : nil
    }
  }
}
