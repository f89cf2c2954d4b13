// The pages of audits: each control with its last result, the findings by position, the read models
// that were rebuilt from the log, and the accesses.

import HTML
import JSON
import Projecting
import Routing

struct AuditPage {
  var tenant: TenantRow
  var audit: AuditRow?
  var outcomes: [ControlOutcomeRow]
  var findings: [FindingRow]
  var verified: [VerifiedProjectionRow]

  private static let none: HTML = """
    <p>This history was not audited yet. An operator runs <code>redress audit --record</code>.</p>
    """

  var page: Page {
    Page(
      title: "Audit of \(tenant.name)",
      body: """
        <h1>Audit of \(tenant.name)</h1>
        \(audit.map(facts) ?? Self.none)
        \(tableSection("controls", "Controls", outcomes, Self.controls))
        \(audit == nil ? "" : found)
        \(tableSection("read-models", "Read models", verified, Self.readModels,
          none: "No read model was rebuilt from the log since accesses are recorded."))
        \(section("accesses", "Accesses",
          "<p>\(link(accesses, "Who opened or was handed what"))</p>"))
        """)
  }

  private var accesses: String { "/tenants/\(tenant.tenant)/audit/accesses" }

  private func facts(_ audit: AuditRow) -> HTML {
    let signed = audit.signedCount.map { "the first \(grouped($0))" } ?? "none"
    return factsSection([
      ("Result", Self.verdict(audit.findingCount)),
      ("Audited (UTC)", time(audit.auditedAt)), ("Events", "\(grouped(audit.eventCount))"),
      ("Of these signed", "\(signed)"), ("Rules", "version \(audit.rulesVersion)"),
      ("Program", "<code>\(audit.build)</code>"), ("By", "\(audit.auditedBy)"),
    ])
  }

  private static func verdict(_ count: Int) -> HTML {
    badge(count == 0 ? "executed" : "failed", findingWords(count))
  }

  private static var controls: [Column<ControlOutcomeRow>] {
    [
      Column("Control", isHeader: true) { "\($0.control)" },
      Column("Result") { $0.examined == 0 ? "nothing to examine" : verdict($0.findings) },
      Column("Examined", .number) { "\(grouped($0.examined))" },
    ]
  }

  private var found: HTML {
    tableSection(
      "findings", "Findings", findings,
      [
        Column("Positions", .number, isHeader: true) { row in
          HTML(
            joining: (row.positions.value.elements ?? []).compactMap(\.integer).map {
              link("/tenants/\(tenant.tenant)/explain/position/\($0)", "\($0)")
            })
        },
        Column("Control") { "\($0.control)" }, Column("Finding", .text) { "\($0.sentence)" },
      ], none: "Every control holds.")
  }

  private static var readModels: [Column<VerifiedProjectionRow>] {
    [
      Column("Read model", isHeader: true) { "\($0.name)" },
      Column("Version", .number) { "\($0.version)" },
      Column("Commits", .number) { "\(grouped($0.upTo))" },
      Column("Verified (UTC)") { time($0.verifiedAt) },
      Column("Digest") { "\($0.digest.prefix(16))…" },
    ]
  }

  static func accesses(_ slice: RowSlice<AccessRow>, of tenant: TenantRow) -> Page {
    let columns: [Column<AccessRow>] = [
      Column("When (UTC)", isHeader: true) { time($0.accessedAt) },
      Column("What", .text) { "\(spacedWords($0.kind)): \($0.what)" },
      Column("By", .id) { "\($0.accessedBy)" }, Column("Over") { "\(spacedWords($0.way))" },
      Column("Reason", .text) { "\($0.reason ?? "none given")" },
    ]
    let list: HTML =
      slice.rows.isEmpty
      ? "<p>Nothing was opened or handed out yet.</p>" : table("accesses", slice.rows, columns)
    return Page(
      title: "Accesses to \(tenant.name)",
      body: """
        \(breadcrumb("/tenants/\(tenant.tenant)/audit", "Audit of \(tenant.name)"))
        <h1>Accesses to \(tenant.name)</h1>
        <p>Personal texts and evidence that were opened, and exports, receipts and earlier read
        models that were handed out. Pages, and reading the log's files, are not recorded.</p>
        \(section("accesses", "Newest first", list, older(slice, anchor: "accesses")))
        """)
  }
}

/// `no findings`, `1 finding`, `1,200 findings`.
package func findingWords(_ count: Int) -> String {
  switch count {
  case 0: "no findings"
  case 1: "1 finding"
  default: "\(grouped(count)) findings"
  }
}
