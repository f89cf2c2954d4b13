// Whose data it is, and where a piece of it stands. A sealed text opens only at its own place, so
// no one can pass off a text of one field, event or tenant as that of another.

public import EventSourcing

/// A person of one tenant, by the id that `x-personal` names.
public struct Person: Hashable, Sendable, CustomStringConvertible {
  public var tenant: TenantID
  /// A customer's or an agent's id; one id has one key.
  public var subject: String

  public init(_ subject: String, of tenant: TenantID) {
    (self.tenant, self.subject) = (tenant, subject)
  }

  public var description: String { "\(subject) of \(tenant)" }
}

/// The field of an event that holds a personal text.
public struct PersonalPlace: Hashable, Sendable {
  public var tenant: TenantID
  public var stream: StreamName
  public var revision: Revision
  public var field: String

  public init(tenant: TenantID, stream: StreamName, revision: Revision, field: String) {
    (self.tenant, self.stream, self.revision, self.field) = (tenant, stream, revision, field)
  }

  /// What the encryption is bound to: tenant, stream, revision and field, one on each line.
  var bytes: [UInt8] {
    Array(lines: tenant.rawValue, stream.rawValue, revision.description, field, "")
  }
}

extension [UInt8] {
  /// Texts with a line feed between each two; every sealed text needs some, so no text is made of
  /// them.
  init(lines: String...) {
    self = []
    reserveCapacity(128)
    for (number, line) in lines.enumerated() {
      if number > 0 { append(UInt8(ascii: "\n")) }
      append(contentsOf: line.utf8)
    }
  }
}
