// The commands of the service itself; their events hold all that they said.

import Events

extension SystemEvent {
  var command: SystemCommand {
    switch self {
    case .dataAccessed(let event):
      .recordAccess(
        RecordAccess(
          recordID: event.recordID, kind: event.kind, tenant: event.tenant, what: event.what,
          reason: event.reason, way: event.way, by: event.by))
    case .operatorActed(let event):
      .recordOperatorAction(
        RecordOperatorAction(
          recordID: event.recordID, action: event.action, what: event.what, by: event.by))
    case .projectionVerified(let event):
      .recordVerifiedProjection(
        RecordVerifiedProjection(
          recordID: event.recordID, name: event.name, version: event.version, upTo: event.upTo,
          digest: event.digest))
    case .auditCompleted(let event):
      .recordAudit(
        RecordAudit(
          recordID: event.recordID, tenant: event.tenant, eventCount: event.eventCount,
          signedCount: event.signedCount, build: event.build, rulesVersion: event.rulesVersion,
          by: event.by, controls: event.controls, findings: event.findings))
    }
  }
}
