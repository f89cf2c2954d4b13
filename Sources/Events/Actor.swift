// Who acts: `agent/usr_17`. The kind says which rights apply, the name whose they are.

public import JSON

/// A kind of actor and the actor's name among that kind.
public struct Actor: Hashable, Comparable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case customer, agent, service, system
  }

  public var kind: Kind

  /// Matches `[A-Za-z0-9_-]{1,64}`.
  public let name: String

  /// - Precondition: the name is an identifier.
  public init(_ kind: Kind, _ name: String) {
    precondition(Array(name.utf8).span.isIdentifier, "an actor's name that is no identifier")
    self.kind = kind
    self.name = name
  }

  /// Reads `agent/usr_17`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    guard let slash = text.firstIndex(of: "/"), let kind = Kind(rawValue: String(text[..<slash]))
    else { return nil }
    let name = String(text[text.index(after: slash)...])
    guard Array(name.utf8).span.isIdentifier else { return nil }
    self.kind = kind
    self.name = name
  }

  public static func < (a: Actor, b: Actor) -> Bool { a.description < b.description }
}

extension Actor: CustomStringConvertible {
  public var description: String { "\(kind.rawValue)/\(name)" }
}

extension Actor: JSONCodable {
  public init(json reader: inout JSONReader) throws(JSONError) {
    let start = reader.startOfValue()
    let text = try reader.readString()
    guard let actor = Actor(text) else {
      throw reader.failure(
        at: start,
        "found \(reader.found(at: start)), expected an actor such as \"agent/usr_17\", of kind "
          + Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = actor
  }

  public func writeJSON(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: kind.rawValue.utf8)
    bytes.append(UInt8(ascii: "/"))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "\""))
  }
}
