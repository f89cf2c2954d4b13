// Who acts, as events name them: `customer/cus_5`, `agent/usr_17`, `service/uid-1000`,
// `system/refund-execution`.

/// The person or service on whose behalf a command was submitted.
public struct Actor: Hashable, Sendable, Codable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Sendable, Codable {
    case customer, agent, service, system
  }

  public let kind: Kind
  /// The name within its kind, `[A-Za-z0-9_-]{1,64}`.
  public let name: String

  /// - Precondition: the name matches `[A-Za-z0-9_-]{1,64}`.
  public init(_ kind: Kind, _ name: String) {
    precondition(TenantID.isValid(name.utf8), "an actor's name with other characters: \(name)")
    self.kind = kind
    self.name = name
  }

  /// Takes a name that was checked already.
  package init(_ kind: Kind, checked name: String) {
    self.kind = kind
    self.name = name
  }

  /// - Returns: `nil` unless the text is `<kind>/<name>`.
  public init?(_ text: some StringProtocol) {
    guard let slash = text.firstIndex(of: "/"), let kind = Kind(rawValue: String(text[..<slash]))
    else { return nil }
    let name = text[text.index(after: slash)...]
    guard TenantID.isValid(name.utf8) else { return nil }
    self.kind = kind
    self.name = String(name)
  }

  /// The program of a user of this machine.
  public init(ofProcessOf uid: UInt32) { self.init(.service, "uid-\(uid)") }

  public var rawValue: String { "\(kind.rawValue)/\(name)" }

  public var description: String { rawValue }
}
