// What a verified token says (RFC 7519, section 4). The five claims that every token must have are
// read at once; any other is read when it is asked for.
//
// What must hold: a claim of another type than the reader's is refused, and never read as absent.

public import EventSourcing
import JSON

/// The claims of a verified token. Its description reveals none of them.
public struct Claims: Sendable, CustomStringConvertible, CustomReflectable {
  /// `iss`.
  public let issuer: String
  /// `sub`, 1 to 256 bytes.
  public let subject: String
  /// `aud`; a single text counts as an array of one.
  public let audiences: [String]
  /// `exp`.
  public let expiration: Timestamp
  /// `nbf`.
  public let notBefore: Timestamp

  private let members: StrictObject

  static let subjectByteCounts = 1...256

  init(payload: [UInt8]) throws(TokenRefusal) {
    let members = try StrictObject(payload, of: .payload)
    self.members = members
    issuer = try members.required("iss", StrictObject.string)
    audiences = try members.required("aud", StrictObject.strings)
    expiration = try members.required("exp", StrictObject.date)
    notBefore = try members.required("nbf", StrictObject.date)
    subject = try members.required("sub", StrictObject.string)
    guard Claims.subjectByteCounts.contains(subject.utf8.count) else {
      let counts = Claims.subjectByteCounts
      throw .malformedClaim(
        "sub", expected: "a text of \(counts.lowerBound) to \(counts.upperBound) bytes")
    }
  }

  /// A claim that is a text.
  ///
  /// - Returns: `nil` where the token has no such claim.
  /// - Throws: ``TokenRefusal/malformedClaim(_:expected:)`` for any other type, also for `null`.
  public func string(_ name: String) throws(TokenRefusal) -> String? {
    try members.string(name)
  }

  /// A claim that is an array of texts, or one text, which counts as an array of one.
  ///
  /// - Returns: `nil` where the token has no such claim.
  /// - Throws: ``TokenRefusal/malformedClaim(_:expected:)`` for any other type, also for `null`.
  public func strings(_ name: String) throws(TokenRefusal) -> [String]? {
    try members.strings(name)
  }

  public var description: String { "claims of a token" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension StrictObject {
  fileprivate func required<Value>(
    _ name: String, _ read: (StrictObject) -> (String) throws(TokenRefusal) -> Value?
  ) throws(TokenRefusal) -> Value {
    guard let value = try read(self)(name) else { throw .missingClaim(name) }
    return value
  }

  fileprivate func string(_ name: String) throws(TokenRefusal) -> String? {
    guard let value = self[name] else { return nil }
    guard let string = value.string else { throw .malformedClaim(name, expected: "a text") }
    return string
  }

  fileprivate func strings(_ name: String) throws(TokenRefusal) -> [String]? {
    guard let value = self[name] else { return nil }
    if let string = value.string { return [string] }
    guard let elements = value.elements else {
      throw .malformedClaim(name, expected: "a text or an array of texts")
    }
    let strings = elements.compactMap(\.string)
    guard strings.count == elements.count else {
      throw .malformedClaim(name, expected: "a text or an array of texts")
    }
    return strings
  }

  fileprivate func date(_ name: String) throws(TokenRefusal) -> Timestamp? {
    guard let value = self[name] else { return nil }
    guard let date = Timestamp(numericDate: value) else {
      throw .malformedClaim(name, expected: "a number of seconds from 1970 to the year 9999")
    }
    return date
  }
}
