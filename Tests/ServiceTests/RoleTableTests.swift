// The table of roles in the manual is the one that the service goes by.

import Events
import Foundation
import Routing
import Service
import Testing

/// `| permission | what it allows | agent | admin | auditor | ops |`, as the manual has it.
private var roleTable: String {
  let roles = Role.allCases
  var rows = [
    ["permission", "what it allows"] + roles.map(\.rawValue),
    Array(repeating: "---", count: 2 + roles.count),
  ]
  let permissions =
    Permission.allCases.map { ($0.rawValue, "commands: see the rule book") }
    + RoutePermission.allCases.map { ($0.rawValue, $0.summary) }
  for (name, summary) in permissions {
    rows.append(
      ["`\(name)`", summary] + roles.map { $0.permissions.contains(name) ? "yes" : "" })
  }
  return rows.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
}

@Test func `The manual has the table of roles`() throws {
  let page = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/redress/Documentation.docc/Access.md").standardized
  let text = try String(contentsOf: page, encoding: .utf8)
  #expect(text.contains(roleTable), "it is now:\n\(roleTable)")
}
