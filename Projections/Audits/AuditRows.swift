// The rows about audits and accesses, and their queries.

public import EventSourcing
public import Projecting
import Routing
public import SQLite

/// The last audit of a tenant's whole history.
public struct AuditRow: Row, Hashable {
  public static let table = "audits"

  /// How many events it replayed, from the first.
  public var eventCount: Int
  /// How many of them a signed checkpoint covers.
  public var signedCount: Int?
  /// The program that made it.
  public var build: String
  public var rulesVersion: Int
  public var findingCount: Int
  public var auditedAt: String
  public var auditedBy: String
}

/// What a control found in the last audit.
struct ControlOutcomeRow: Row, Hashable {
  static let table = "control_outcomes"

  var control: String
  var examined: Int
  var findings: Int
}

/// A place where the statement of a control did not hold in the last audit.
struct FindingRow: Row, Hashable {
  static let table = "findings"
  static let shapes = ["positions": JSONShape.list(.wholeNumber)]

  var control: String
  /// An array of positions.
  var positions: JSONText
  var sentence: String
}

/// The last rebuild of a read model.
public struct VerifiedProjectionRow: Row, Hashable {
  public static let table = "verified_projections"

  public var name: String
  public var version: Int
  /// How many commits of the log it had.
  public var upTo: Int
  public var digest: String
  public var verifiedAt: String
}

/// Something that was opened or handed out.
struct AccessRow: Positioned, Hashable {
  static let table = "accesses"

  /// In the service's own history.
  var position: Int
  var kind: String
  var what: String
  var reason: String?
  var way: String
  var accessedBy: String
  /// The user of the process that asked, or of the service where it does not know.
  var uid: Int
  var accessedAt: String
}

/// Something that an operator did.
struct OperatorActionRow: Positioned, Hashable {
  static let table = "operator_actions"

  var position: Int
  var action: String
  var what: String
  var actedBy: String
  var uid: Int
  var actedAt: String
}

extension Audits {
  /// - Returns: `nil` for a tenant whose history was not audited yet.
  public static func audit(of tenant: TenantID, in database: Database) throws -> AuditRow? {
    try database.row(AuditRow.self, "WHERE tenant = ?", tenant.rawValue)
  }

  static func outcomes(of tenant: TenantID, in database: Database) throws -> [ControlOutcomeRow] {
    try database.rows(ControlOutcomeRow.self, "WHERE tenant = ? ORDER BY number", tenant.rawValue)
  }

  static func findings(of tenant: TenantID, in database: Database) throws -> [FindingRow] {
    try database.rows(FindingRow.self, "WHERE tenant = ? ORDER BY number", tenant.rawValue)
  }

  /// By name.
  public static func verified(in database: Database) throws -> [VerifiedProjectionRow] {
    try database.rows(
      VerifiedProjectionRow.self, "WHERE tenant = ? ORDER BY name", TenantID.system.rawValue)
  }
}
