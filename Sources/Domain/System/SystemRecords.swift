// T3: what concerns the service itself. The tenant `_system` has no aggregates: every entry stands
// for itself, in a stream of its own, and no entry keeps another from being recorded.

import Events

enum SystemRecords {
  static func decide(_ command: SystemCommand) -> Decision {
    .events([.system(event(of: command))])
  }

  private static func event(of command: SystemCommand) -> SystemEvent {
    switch command {
    case .recordAccess(let command):
      .dataAccessed(
        DataAccessed(
          recordID: command.recordID, kind: command.kind, tenant: command.tenant,
          what: command.what, reason: command.reason, way: command.way, by: command.by))
    case .recordOperatorAction(let command):
      .operatorActed(
        OperatorActed(
          recordID: command.recordID, action: command.action, what: command.what, by: command.by))
    case .recordVerifiedProjection(let command):
      .projectionVerified(
        ProjectionVerified(
          recordID: command.recordID, name: command.name, version: command.version,
          upTo: command.upTo, digest: command.digest))
    case .recordAudit(let command):
      .auditCompleted(
        AuditCompleted(
          recordID: command.recordID, tenant: command.tenant, eventCount: command.eventCount,
          signedCount: command.signedCount, build: command.build,
          rulesVersion: command.rulesVersion, by: command.by, controls: command.controls,
          findings: command.findings))
    }
  }
}
