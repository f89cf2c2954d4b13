// The overview of a tenant's cases, newest first, optionally in one status. Above them it lists the
// targets that are due next and the missed ones.

import EventSourcing
import Events
import HTML
import Projecting
import SQLite

/// The selection of the overview.
struct CasesPage {
  var tenant: TenantRow
  /// Only cases in this status.
  var status: CaseStatus?
  /// Only cases opened before this position.
  var before: Int?

  func render(from database: Database) throws -> Page {
    let isWhole = status == nil && before == nil
    let cases = try CaseBoard.cases(
      tenant: tenant.id, status: status, before: before, limit: PageParameters.pageLength,
      in: database)
    return Page(
      title: "Cases of \(tenant.name)",
      body: """
        <h1>Cases of \(tenant.name)</h1>
        \(isWhole ? try targets("missed", "Targets that were missed", true, database) : nil)
        \(isWhole ? try targets("next", "Targets that run out next", false, database) : nil)
        \(listSection(
          "Cases", of: status.map { "Cases that are \(spacedWords($0.rawValue))" },
          isWhole: isWhole, cases, columns, filter: [("status", status?.rawValue)],
          search: statusFilter(CaseStatus.allCases.map(\.rawValue))))
        """)
  }

  private func targets(
    _ id: String, _ title: String, _ isBreached: Bool, _ database: Database
  ) throws -> HTML {
    let targets = try CaseBoard.targetsAtRisk(
      tenant: tenant.id, isBreached: isBreached, after: nil, limit: PageParameters.pageLength,
      in: database)
    return tableSection(
      id, title, targets,
      [
        Column("Case", .text, isHeader: true) { name($0.caseID, $0.title) },
        Column("Target") { "\(targetLabel($0.target))" },
        Column("Runs out (UTC)") { dueTime($0.dueAt) }, Column("Severity") { "\($0.severity)" },
        Column("Status") { caseStatusBadge($0.status) },
        Column("Owner", .id) { "\($0.owner ?? "")" },
      ])
  }

  private var columns: [Column<CaseRow>] {
    [
      Column("Case", .text, isHeader: true) { name($0.caseID, $0.title) },
      Column("Status") { caseStatusBadge($0.status) }, Column("Severity") { "\($0.severity)" },
      Column("Customer", .id) {
        link("/tenants/\(tenant.tenant)/customers/\($0.customerID)", $0.customerID)
      },
      Column("Order", .id) { "\($0.orderID ?? "")" }, Column("Owner", .id) { "\($0.owner ?? "")" },
      Column("Opened (UTC)") { time($0.openedAt) },
    ]
  }

  private func name(_ id: String, _ title: String) -> HTML {
    caseLink(id, title, of: tenant.tenant)
  }
}
