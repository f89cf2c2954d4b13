// When a page's numbers were checked last: the tenant's history by an audit, and the page's read
// models by a rebuild from the log. What must hold: it never keeps a page from being shown.

import EventSourcing
import HTML
import Projecting
import Projections

struct PageVerification: Sendable {
  var tenant: TenantID
  var audit: AuditRow?
  /// The rebuilt read models of the page.
  var models: [VerifiedProjectionRow]

  /// - Returns: `nil` for a page that reads nothing, and where the results cannot be read.
  init?(of tenant: TenantID, _ names: [String], in projections: ProjectionRuntime) {
    guard !names.isEmpty else { return nil }
    let found = try? projections.read(Audits.self) { database in
      (
        try Audits.audit(of: tenant, in: database),
        try Audits.verified(in: database).filter { names.contains($0.name) }
      )
    }
    guard let found else { return nil }
    self.tenant = tenant
    (audit, models) = found
  }

  /// Under the page.
  var footer: HTML {
    """
    <footer><p>\(link("/tenants/\(tenant)/audit", auditWords))\(modelWords)</p></footer>
    """
  }

  private var auditWords: String {
    guard let audit else { return "This history was not audited yet." }
    let findings = findingWords(audit.findingCount)
    return "Audited \(clock(audit.auditedAt)) UTC, \(audit.eventCount) events, \(findings)."
  }

  private var modelWords: String {
    models.map { " \($0.name) verified \(clock($0.verifiedAt)) UTC." }.joined()
  }
}
