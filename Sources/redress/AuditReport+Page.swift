// The report of an audit as a page that stands alone: it needs no service and no network.

import Audit
import EventSourcing
import HTML
import Projections
import Service

extension AuditReport {
  var page: String {
    let count = findings.count
    let summary = count == 0 ? "No findings" : count == 1 ? "1 finding" : "\(count) findings"
    let body: HTML = """
      <h1>Audit</h1>
      <p>\(badge(count == 0 ? "executed" : "failed", summary)) in \(eventCount) events.</p>
      \(HTML(joining: [tenantSection, gapSection, controlSection, findingSection, changeSection]))
      \(uncheckedSection)
      <p class="id">Program \(build), chain \(chain).</p>
      """
    return PageShell.standalone(Page(title: "Audit", body: body))
  }

  private var tenantSection: HTML {
    tableSection(
      "tenants", "Tenants", tenants,
      [
        Column("Tenant", .id, isHeader: true) { "\($0.tenant)" },
        Column("Events", .number) { "\($0.eventCount)" },
        Column("Examined") { tenant in
          tenant.examined.map { "\($0.positions.text)" } ?? "none"
        },
        Column("Recorded from") { tenant in tenant.examined.map { "\($0.times.lowerBound)" } },
        Column("To") { tenant in tenant.examined.map { "\($0.times.upperBound)" } },
        Column("As signed", .number) { tenant in
          tenant.signedSize.map { "\($0)" } ?? "not checked"
        },
        Column("Not yet signed", .number) { tenant in
          tenant.signing.map { "\($0.unsignedCount)" }
        },
        Column("Signed by day since") { tenant in
          tenant.signing.map { $0.since.map { "\($0)" } ?? "not kept" }
        },
      ])
  }

  private var gapSection: HTML {
    tableSection(
      "gaps", "Days with events of which none was signed", signingGaps,
      [
        Column("Day", isHeader: true) { "\($0.gap.day)" }, Column("Tenant", .id) { "\($0.tenant)" },
        Column("Positions", .id) { "\($0.gap.positions.text)" },
        Column("Signed on") { $0.gap.signedOn.map { "\($0)" } ?? "a later day" },
      ], none: "There are none among the days of which a checkpoint is kept.")
  }

  private var controlSection: HTML {
    tableSection(
      "controls", "Controls", controls,
      [
        Column("Control", .id, isHeader: true) { "\($0.id)" },
        Column("Statement", .text) { "\($0.statement)" },
        Column("Rules") { "\($0.rules.joined(separator: ", "))" },
        Column("Examined", .number) { "\($0.count)" },
        Column("Findings", .number) { "\($0.findings.count)" },
      ])
  }

  private var findingSection: HTML {
    tableSection(
      "findings", "Findings", findings,
      [
        Column("Control", .id, isHeader: true) { "\($0.control)" },
        Column("Tenant", .id) { "\($0.tenant)" },
        Column("Positions", .id) { "\($0.positionList)" },
        Column("Finding", .text) { "\($0.sentence)" },
      ], none: "There are none.")
  }

  private var changeSection: HTML {
    tableSection(
      "changes", "Changes by administrators and operators", changes,
      [
        Column("Change", isHeader: true) { "\($0.type)" },
        Column("Tenant", .id) { "\($0.tenant)" },
        Column("Position", .number) { "\($0.position)" },
        Column("Recorded") { "\($0.recordedTime)" },
        Column("Actor", .id) { "\($0.actor)" },
        Column("User id", .number) { "\($0.peerUID)" },
        Column("Detail", .text) { "\($0.detail)" },
      ], none: "There are none.")
  }

  private var uncheckedSection: HTML {
    section(
      "unchecked", "Not checked",
      "<ul>\(HTML(joining: unchecked.map { "<li>\($0.matter), because \($0.reason)</li>" }))</ul>")
  }
}
