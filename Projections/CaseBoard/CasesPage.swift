// A tenant's cases, newest first: all, a customer's, or those in one status; above them, what runs
// out next and what was missed.

public import EventSourcing
import Events
public import HTML
public import SQLite

/// What the overview of cases shows.
public struct CasesPage: Sendable {
  public var tenant: TenantID
  public var filter: CaseFilter
  /// Only cases opened before this position.
  public var before: Int?

  public static let pageLength = 25

  public init(tenant: TenantID, filter: CaseFilter, before: Int?) {
    self.tenant = tenant
    self.filter = filter
    self.before = before
  }

  public func render(from database: Database) throws -> Page {
    let isOverview = filter == CaseFilter() && before == nil
    let missed = try isOverview ? targets(true, database) : []
    let next = try isOverview ? targets(false, database) : []
    let cases = try CaseBoard.cases(
      tenant: tenant, filter, before: before, limit: Self.pageLength + 1, in: database)
    return Page(
      title: "Cases of \(tenant)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/refunds">Refunds</a></nav>
        <h1>Cases of \(tenant)</h1>
        \(table("missed", "Targets that were missed", missed))
        \(table("next", "Targets that run out next", next))
        \(table(cases))
        """)
  }

  private func targets(_ isBreached: Bool, _ database: Database) throws -> [TargetRow] {
    try CaseBoard.targetsAtRisk(
      tenant: tenant, isBreached: isBreached, after: nil, limit: Self.pageLength, in: database)
  }

  private func table(_ id: HTML, _ title: HTML, _ targets: [TargetRow]) -> HTML {
    if targets.isEmpty { return "" }
    let rows = targets.map { target -> HTML in
      """
      <tr><th scope="row" class="text"><a href="/tenants/\(tenant)/cases/\(target.caseID)">\
      \(target.title) (\(target.caseID))</a></th><td>\(targetLabel(target.target))</td>\
      <td>\(dueTime(target.dueAt))</td><td>\(target.severity)</td>\
      <td>\(caseStatusBadge(target.status))</td><td class="id">\(target.owner ?? "")</td></tr>
      """
    }
    return """
      <section class="\(id)"><h2 id="\(id)">\(title)</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="\(id)"><table>
      <thead><tr><th scope="col">Case</th><th scope="col">Target</th>\
      <th scope="col">Runs out (UTC)</th><th scope="col">Severity</th>\
      <th scope="col">Status</th><th scope="col">Owner</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }

  private func table(_ cases: [CaseRow]) -> HTML {
    let statuses = CaseStatus.allCases.map { status -> HTML in
      "<a href=\"?status=\(status.rawValue)\">\(caseStatusLabel(status.rawValue))</a>"
    }
    let links: HTML = """
      <nav aria-label="By status"><a href="?">all</a>
      \(HTML(joining: statuses))</nav>
      """
    if cases.isEmpty {
      return """
        <section class="cases"><h2 id="cases">\(heading)</h2>
        \(links)
        <p>There is none.</p></section>
        """
    }
    let rows = cases.prefix(Self.pageLength).map { row -> HTML in
      """
      <tr><th scope="row" class="text"><a href="/tenants/\(tenant)/cases/\(row.caseID)">\
      \(row.title) (\(row.caseID))</a></th><td>\(caseStatusBadge(row.status))</td><td>\(row.severity)</td>\
      <td class="id"><a href="/tenants/\(tenant)/customers/\(row.customerID)">\
      \(row.customerID)</a></td><td class="id">\(row.orderID ?? "")</td>\
      <td class="id">\(row.owner ?? "")</td>\
      <td><time datetime="\(row.openedAt)">\(clock(row.openedAt))</time></td></tr>
      """
    }
    return """
      <section class="cases"><h2 id="cases">\(heading)</h2>
      \(links)
      <div class="scroll" tabindex="0" role="region" aria-labelledby="cases"><table>
      <thead><tr><th scope="col">Case</th><th scope="col">Status</th>\
      <th scope="col">Severity</th><th scope="col">Customer</th><th scope="col">Order</th>\
      <th scope="col">Owner</th><th scope="col">Opened (UTC)</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div>
      \(older(cases))</section>
      """
  }

  private var heading: String {
    filter.status.map { "Cases that are \(caseStatusLabel($0.rawValue))" } ?? "All cases"
  }

  private func older(_ cases: [CaseRow]) -> HTML {
    guard cases.count > Self.pageLength else { return "" }
    let status = filter.status.map { "&status=\($0.rawValue)" } ?? ""
    let query = "?before=\(cases[Self.pageLength - 1].position)\(status)#cases"
    return """
      <p><a rel="next" href="\(query)">Older cases</a></p>
      """
  }
}
