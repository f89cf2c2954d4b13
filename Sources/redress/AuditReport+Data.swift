// The report of an audit for programs: as one JSON object, and as comma-separated rows (RFC 4180)
// whose first column says what the row is about.

import Audit
import EventSourcing
import JSON

extension AuditReport {
  var json: String {
    let value = JSONValue.object([
      .init("build", .string(build)),
      .init("chain", .string("\(chain)")),
      .init("commits", .integer(Int64(commitCount))),
      .init("events", .integer(Int64(eventCount))),
      .init("from", from.map { .string("\($0)") } ?? .null),
      .init("to", to.map { .string("\($0)") } ?? .null),
      .init("tenants", .array(tenants.map(\.json))),
      .init("controls", .array(controls.map(\.json))),
      .init("changes", .array(changes.map(\.json))),
      .init(
        "unchecked",
        .array(
          unchecked.map {
            .object([
              .init("matter", .string($0.matter)), .init("reason", .string($0.reason)),
            ])
          })),
    ])
    return String(decoding: value.json, as: UTF8.self) + "\n"
  }

  var csv: String {
    var rows = [["kind", "name", "rules", "tenant", "positions", "count", "text"]]
    rows.append(["program", build, "", "", "", "", "chain \(chain)"])
    rows += tenants.map { tenant in
      [
        "tenant", "", "", "\(tenant.tenant)", tenant.examined.map { $0.positions.text } ?? "",
        "\(tenant.eventCount)",
        tenant.signedSize.map { "\($0) events as they were signed" } ?? "no checkpoint checked",
      ]
    }
    rows += tenants.compactMap { tenant in
      tenant.signing.map {
        [
          "signing", "", "", "\(tenant.tenant)", "", "\($0.unsignedCount)",
          "not yet signed; \($0.keptCount) checkpoints are kept by day"
            + ($0.since.map { " since \($0)" } ?? ""),
        ]
      }
    }
    rows += signingGaps.map { tenant, gap in
      [
        "signing gap", "\(gap.day)", "", "\(tenant)", gap.positions.text, "",
        "signed on \(gap.signedOn.map { "\($0)" } ?? "a later day")",
      ]
    }
    rows += controls.map { control in
      [
        "control", control.id, control.rules.joined(separator: " "), "", "", "\(control.count)",
        control.statement,
      ]
    }
    rows += controls.flatMap { control in
      control.findings.map { finding in
        [
          "finding", control.id, control.rules.joined(separator: " "), "\(finding.tenant)",
          finding.positions.map { "\($0)" }.joined(separator: " "), "", finding.sentence,
        ]
      }
    }
    rows += changes.map { change in
      [
        "change", change.type, "", "\(change.tenant)", "\(change.position)", "",
        "\(change.recordedTime) by \(change.actor), uid \(change.peerUID): \(change.detail)",
      ]
    }
    rows += unchecked.map { ["not checked", "", "", "", "", "", "\($0.matter): \($0.reason)"] }
    return rows.map(CommaSeparated.row).joined()
  }
}

extension ControlResult {
  fileprivate var json: JSONValue {
    .object([
      .init("id", .string(id)), .init("statement", .string(statement)),
      .init("rules", .array(rules.map(JSONValue.string))),
      .init("examined", .integer(Int64(count))),
      .init(
        "findings",
        .array(
          findings.map { finding in
            .object([
              .init("tenant", .string("\(finding.tenant)")),
              .init(
                "positions", .array(finding.positions.map { .integer(Int64($0.value)) })),
              .init("sentence", .string(finding.sentence)),
            ])
          })),
    ])
  }
}

extension AdministrativeChange {
  fileprivate var json: JSONValue {
    .object([
      .init("tenant", .string("\(tenant)")), .init("position", .integer(Int64(position.value))),
      .init("recordedTime", .string("\(recordedTime)")), .init("actor", .string("\(actor)")),
      .init("peerUid", .integer(Int64(peerUID))), .init("type", .string(type)),
      .init("detail", .string(detail)),
    ])
  }
}
