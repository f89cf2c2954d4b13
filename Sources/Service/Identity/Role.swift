// Who may do what, as one value: the permissions that come with a role. A principal of the settings
// names roles, single permissions, or both; a token names one role. A customer sees only their own.
// The manual's page Access has it as a table.

import Domain
import Events
import Routing

/// A set of permissions that belong to one kind of work.
public enum Role: String, Sendable, CaseIterable {
  case customer, agent, admin, auditor, ops

  /// Raw values of `Permission` and of ``RoutePermission``.
  public var permissions: Set<String> {
    Set(commands.map(\.rawValue)).union(routes.map(\.rawValue))
      .union(RoutePermission.allCases.filter(\.isOfEveryPrincipal).map(\.rawValue))
  }

  /// The commands are those of the tenant's people with this role.
  private var commands: Set<Permission> {
    switch self {
    case .customer: [.ask]
    case .agent: AgentRole.agent.permissions
    case .admin: AgentRole.admin.permissions
    case .auditor, .ops: []
    }
  }

  private var routes: Set<RoutePermission> {
    switch self {
    case .customer:
      [.submitCommands, .readCases, .readRefunds, .readReturns, .readOrders, .readProofs]
    case .agent: Self.work.union([.submitCommands, .writeDrafts, .writeEvidence])
    case .admin: Self.work.union(Self.proof).union([.submitCommands, .writeDrafts, .writeEvidence])
    case .auditor: Self.work.union(Self.proof)
    case .ops:
      [
        .openSessions, .readOperations, .readMetrics, .rebuildProjections, .acceptClock,
        .readSyncJobs,
      ]
    }
  }

  /// What people see who work on cases.
  private static let work: Set<RoutePermission> = [
    .openSessions, .readTenants, .readCases, .readRefunds, .readReturns, .readOrders, .readHolds,
    .readPolicies,
    .readIntegration, .readDrafts, .readEvidence,
  ]

  /// Verifying, proving, trying again, exporting.
  private static let proof: Set<RoutePermission> = [
    .readEvents, .readProofs, .readErasures, .readAudit, .runBacktests, .readSyncJobs,
    .readWebhooks,
  ]
}
