// redress doctor: looks at everything that a service needs, and says what to do.

import EventSourcing
import JSON
import Node

struct DoctorTool: CommandLineTool {
  static let name = "doctor"
  static let summary = "Checks a data folder and its surroundings, and says what to do."
  static let help = """
    Checks what a service needs: the folder and its log, the rights of its parts, redress.json, the
    clock and the recorded time, the keys, the disk, the read models and the limit of open files.
    It changes nothing.

    Usage: redress doctor --data DIR [--json]

      --data DIR     the data folder; a service may be running on it
      --json         print one JSON object: data, state (the worst), and checks with name, state,
                     found and remedy

    Each check is ok, warn (the service runs, and an operator should look) or wrong (it does not
    start, or does not do all of its work).

    Example:
      redress doctor --data ./data

    Exit codes: 0 all is ok, or warnings only; 1 something is wrong; 2 invalid command line; 3 the
    folder could not be read.
    """

  private static let checks: [any DoctorCheck.Type] = [
    FolderCheck.self, RightsCheck.self, SettingsCheck.self, ClockCheck.self,
    RecordedTimeCheck.self, KeysCheck.self, DiskCheck.self, ReadModelsCheck.self,
    DescriptorsCheck.self,
  ]

  private let folder: DataFolder
  private let isJSON: Bool

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    isJSON = try arguments.flag("--json")
  }

  func run() throws -> ExitCode {
    let findings = Self.checks.map { (name: $0.name, finding: look($0)) }
    if isJSON {
      try Output.print(json(findings))
    } else {
      try show(findings)
    }
    return findings.contains { $0.finding.state == .wrong } ? .wrong : .success
  }

  private func look(_ check: any DoctorCheck.Type) -> Diagnosis {
    do { return try check.look(at: folder) } catch let stop as Stop {
      return .wrong(stop.message.description, do: "remove what keeps it from being looked at")
    } catch { return .wrong(describe(error), do: "remove what keeps it from being looked at") }
  }

  private func show(_ findings: [(name: String, finding: Diagnosis)]) throws {
    let rows = findings.map { [$0.name, $0.finding.state.rawValue, $0.finding.found] }
    try Output.print(Table(["CHECK", "STATE", "FOUND"]).text(rows))
    for (name, finding) in findings {
      if let remedy = finding.remedy { try Output.print("\n\(name): \(remedy)") }
    }
  }

  private func json(_ findings: [(name: String, finding: Diagnosis)]) -> JSONValue {
    let states = findings.map(\.finding.state)
    let worst: Diagnosis.State =
      states.contains(.wrong) ? .wrong : states.contains(.warn) ? .warn : .ok
    let checks = findings.map { name, finding -> JSONValue in
      var members: [JSONValue.Member] = [
        .init("name", .string(name)), .init("state", .string(finding.state.rawValue)),
        .init("found", .string(finding.found)),
      ]
      if let remedy = finding.remedy { members.append(.init("remedy", .string(remedy))) }
      return .object(members)
    }
    return .object([
      .init("data", .string(folder.path)), .init("state", .string(worst.rawValue)),
      .init("checks", .array(checks)),
    ])
  }
}
