// The report of an audit as tables for a terminal.

import Audit
import EventLog
import EventSourcing

extension AuditReport {
  var text: TerminalText {
    let blocks: [TerminalText?] = [
      tenantTable, signingTable, gapTable, controlTable, findingTable, changeTable, uncheckedList,
      origin,
    ]
    return blocks.compactMap(\.self).joined(separator: "\n\n") + "\n"
  }

  private var tenantTable: TerminalText {
    Table(["TENANT", "EVENTS", "EXAMINED", "FROM", "TO", "SIGNED"], right: [1, 5]).text(
      tenants.map { $0.cells + [$0.signedSize.map { "\($0)" } ?? "not checked"] })
  }

  private var signingTable: TerminalText? {
    let rows = tenants.compactMap { tenant in
      tenant.signing.map { signing in
        [
          "\(tenant.tenant)", "\(signing.keptCount)", signing.since.map { "\($0)" } ?? "–",
          "\(signing.gaps.count)", "\(signing.unsignedCount)",
        ]
      }
    }
    guard !rows.isEmpty else { return nil }
    return Table(
      ["SIGNED BY DAY", "DAYS KEPT", "SINCE", "GAPS", "NOT YET SIGNED"], right: [1, 3, 4]
    ).text(rows)
  }

  private var gapTable: TerminalText? {
    let gaps = signingGaps
    guard !gaps.isEmpty else { return nil }
    return Table(["NOT SIGNED ON", "TENANT", "POSITIONS", "SIGNED ON"]).text(
      gaps.map { tenant, gap in
        ["\(gap.day)", "\(tenant)", gap.positions.text, gap.signedOn.map { "\($0)" } ?? "later"]
      })
  }

  private var controlTable: TerminalText {
    Table(["CONTROL", "RULES", "EXAMINED", "FINDINGS"], right: [2, 3]).text(
      controls.map { control in
        [
          control.id, control.rules.joined(separator: ", "), "\(control.count)",
          "\(control.findings.count)",
        ]
      })
  }

  private var findingTable: TerminalText {
    guard !findings.isEmpty else { return "no findings" }
    return Table(["FINDING", "TENANT", "POSITIONS", ""]).text(
      findings.map { [$0.control, "\($0.tenant)", $0.positionList, $0.sentence] })
  }

  private var changeTable: TerminalText? {
    guard !changes.isEmpty else { return nil }
    return Table(["CHANGE", "TENANT", "POSITION", "RECORDED", "ACTOR", "UID", ""], right: [2, 5])
      .text(
        changes.map { change in
          [
            change.type, "\(change.tenant)", "\(change.position)", "\(change.recordedTime)",
            "\(change.actor)", "\(change.peerUID)", change.detail,
          ]
        })
  }

  private var uncheckedList: TerminalText {
    (["not checked:"] + unchecked.map { "  \($0.matter), because \($0.reason)" })
      .joined(separator: "\n")
  }

  private var origin: TerminalText {
    """
    \(eventCount) events in \(commitCount) commits replayed
    chain \(chain)
    program \(build)
    """
  }
}

extension AuditReport {
  /// Days with events of which none was signed, with their tenants.
  var signingGaps: [(tenant: TenantID, gap: SigningRecord.Gap)] {
    tenants.flatMap { tenant in
      (tenant.signing?.gaps ?? []).map { (tenant: tenant.tenant, gap: $0) }
    }
  }
}

extension AuditedTenant {
  /// The tenant, its events, and which of them were examined, from when to when.
  var cells: [String] {
    [
      "\(tenant)", "\(eventCount)", examined.map { $0.positions.text } ?? "none",
      examined.map { "\($0.times.lowerBound)" } ?? "–",
      examined.map { "\($0.times.upperBound)" } ?? "–",
    ]
  }
}

extension ClosedRange<Position> {
  /// `3–17`, as the tables show it.
  var text: String { "\(lowerBound)–\(upperBound)" }
}

extension ControlFinding {
  var positionList: String { positions.map { "\($0)" }.joined(separator: ", ") }
}
