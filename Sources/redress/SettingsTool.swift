// redress settings: what a service on a folder would be started with, and the schema of
// redress.json.

import EventSourcing
import JSON
import Node

struct SettingsTool: CommandLineTool {
  static let name = "settings"
  static let summary = "Shows what a service is started with and where that stands, or the schema."
  static let help = """
    Checks redress.json and shows each option of redress serve with its value and where it stands:
    flag, variable, file or default. A flag goes before a variable, that before redress.json, and
    that before the default. The flags of serve may be given, to see what they would do.

    schema prints the JSON Schema (2020-12) of redress.json.

    Usage: redress settings --data DIR [--json]
           redress settings schema

      --data DIR   the data folder; REDRESS_DATA if it is not given
      --json       print one JSON object of the options, each with value and source

    Examples:
      redress settings --data ./data
      redress settings schema >redress.schema.json

    Exit codes: 0 done; 1 redress.json cannot be used; 2 invalid command line; 3 the folder could
    not be read.
    """

  /// `nil` for the schema.
  private let folder: DataFolder?
  private let values: OptionValues
  private let isJSON: Bool

  init(_ arguments: inout Arguments) throws {
    let data = try arguments.option("--data")
    isJSON = try arguments.flag("--json")
    values = try OptionValues(&arguments)
    switch arguments.word() {
    case nil: folder = try DataFolder(existing: data ?? arguments.dataFolder())
    case "schema": folder = nil
    case let other?: throw Stop.usage("\(other) is not schema, the only word here")
    }
  }

  func run() throws -> ExitCode {
    guard let folder else {
      try Output.print(SettingsSchema.json)
      return .success
    }
    let settings: Settings
    do {
      settings = try Settings(of: folder)
      _ = try (settings.tokens(), settings.fileGroups())
    } catch { throw Stop(code: .wrong, message: "\(error)") }
    let rows = ServiceOption.all.map { ($0, values.value(of: $0, in: settings)) }
    if isJSON {
      try Output.print(Self.json(rows))
    } else {
      let texts = rows.map { option, value in
        [
          option.key, value?.text ?? "–", value?.source.rawValue ?? "–", option.flag,
          option.variable,
        ]
      }
      try Output.print(Table(["OPTION", "VALUE", "FROM", "FLAG", "VARIABLE"]).text(texts))
    }
    return .success
  }

  private static func json(_ rows: [(ServiceOption, OptionValues.Value?)]) -> JSONValue {
    .object(
      rows.compactMap { option, value in
        value.map {
          .init(
            option.key,
            .object([
              .init("value", .string($0.text)), .init("source", .string($0.source.rawValue)),
            ]))
        }
      })
  }
}
