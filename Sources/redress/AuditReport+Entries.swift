// The result of an audit as entries of the tenant `_system`, one for each tenant.

import Audit
import CommandHandling
import Domain
import EventSourcing
import Events
import Glibc

extension AuditReport {
  /// How many findings of a tenant, and positions of a finding, are told.
  fileprivate static let toldMax = 100

  var entries: [SystemEntry] {
    tenants.filter { !$0.tenant.isReserved }.map { audited in
      SystemEntry { id in
        .recordAudit(
          RecordAudit(
            recordID: id, tenant: audited.tenant, eventCount: audited.eventCount,
            signedCount: audited.signedSize.map { Int($0) }, build: build,
            rulesVersion: RuleBook.version, by: Actor(ofProcessOf: getuid()),
            controls: audited.outcomes,
            findings: findings.lazy.filter { $0.tenant == audited.tenant }.prefix(Self.toldMax)
              .map(RecordedFinding.init)))
      }
    }
  }
}

extension RecordedFinding {
  fileprivate init(_ finding: ControlFinding) {
    self.init(
      control: finding.control,
      positions: finding.positions.prefix(AuditReport.toldMax).map { Int($0.value) },
      sentence: finding.sentence.asLabel)
  }
}
