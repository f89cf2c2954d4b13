// A person and the place of a personal text. A sealed text opens only at its own place, so a text
// copied to another field, event or tenant does not open.

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

  /// The additional data of the encryption: tenant, stream, revision and field, one on each line.
  var bytes: [UInt8] {
    Array(lines: tenant.rawValue, stream.rawValue, revision.description, field, "")
  }
}

extension [UInt8] {
  /// Joins texts with line feeds as bytes, without building a string: this runs for every sealed
  /// text.
  init(lines: String...) {
    self = []
    reserveCapacity(128)
    for (number, line) in lines.enumerated() {
      if number > 0 { append(UInt8(ascii: "\n")) }
      append(contentsOf: line.utf8)
    }
  }
}
