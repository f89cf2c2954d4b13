// The rows of the policies and their queries.

public import EventSourcing
public import Events
import JSON
public import Projecting
public import Routing
public import SQLite

/// The newest version of a policy.
public struct PolicyRow: Row, Hashable {
  public static let table = "policies"
  public static let shapes = ["policy": JSONShape.type("Policy")]

  public var policyID: String
  public var version: Int
  public var name: String
  /// Of the canonical JSON of ``policy`` (P1).
  public var sha256: String
  public var isActive: Bool
  public var definedAt: String
  /// Of the event that defined this version.
  public var position: Int
  /// As `PolicyDefined` has it.
  public var policy: JSONText
}

extension PolicyRow {
  /// The policy's rules.
  ///
  /// - Throws: `JSONError` for a row that no event wrote.
  public func rules() throws -> Policy {
    let text = policy.value.json
    var reader = JSONReader(text.span)
    return try Policy(json: &reader)
  }
}

extension Policies {
  /// By id.
  public static func all(
    tenant: TenantID, limit: Int, in database: Database
  ) throws -> [PolicyRow] {
    try database.rows(
      PolicyRow.self, "WHERE tenant = ? ORDER BY policy_id LIMIT ?", tenant.rawValue, limit)
  }

  /// - Returns: `nil` where the tenant has no such policy.
  public static func policy(
    _ id: PolicyID, tenant: TenantID, in database: Database
  ) throws -> PolicyRow? {
    try database.row(PolicyRow.self, tenant: tenant, "policy_id", id)
  }
}
