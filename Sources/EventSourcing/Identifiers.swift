// Names are the caller's: `[A-Za-z0-9_-]{1,64}` (rule book). Those that begin with `_` are
// Redress's own. They are checked once, where bytes come in, and cannot be mixed up afterwards.

/// A checked name of one kind of thing.
public protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible, CodedAsText {}

extension Identifier {
  /// - Returns: `nil` unless the text matches `[A-Za-z0-9_-]{1,64}`.
  public init?(_ text: some StringProtocol) {
    guard Self.isValid(text.utf8) else { return nil }
    self.init(unchecked: String(text))
  }

  /// Whether these bytes match `[A-Za-z0-9_-]{1,64}`.
  @inlinable
  public static func isValid(_ utf8: some Sequence<UInt8>) -> Bool {
    var count = 0
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        count += 1
      default: return false
      }
      if count > 64 { return false }
    }
    return count > 0
  }

  /// Names that begin with `_` belong to Redress.
  public var isReserved: Bool { rawValue.utf8.first == UInt8(ascii: "_") }

  public var description: String { rawValue }

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A text that is coded as it is.
public protocol CodedAsText: Codable {
  var rawValue: String { get }

  /// Takes a text that was checked already.
  init(unchecked rawValue: String)
}

extension CodedAsText {
  /// Takes a text that ``encode(to:)`` wrote.
  public init(from decoder: any Decoder) throws {
    self.init(unchecked: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// The consistency boundary, the unit of audit, of export and of scale-out.
public struct TenantID: Identifier {
  public let rawValue: String

  public init(unchecked rawValue: String) { self.rawValue = rawValue }

  /// Holds what concerns the service itself; only Redress writes it (T3).
  public static let system = TenantID(unchecked: "_system")
}

/// What makes a command idempotent for the life of the log.
public struct CommandID: Identifier {
  public let rawValue: String

  public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A service or a person that came in with a grant of its own.
public struct PrincipalName: Identifier {
  public let rawValue: String

  public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// One aggregate's history inside a tenant, such as `refund/srf_8Q2`; the tenant's own is `tenant`.
public struct StreamName: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }

  public var description: String { rawValue }

  public static func < (a: StreamName, b: StreamName) -> Bool { a.rawValue < b.rawValue }
}
