// Runs generate-events over EventSchemas/ before `Events` is compiled. A changed, new or removed
// schema changes the generated types at the next build.

import Foundation
import PackagePlugin

@main
struct GenerateEventsPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let schemas = context.package.directoryURL.appending(path: "EventSchemas")
    let output = context.pluginWorkDirectoryURL
    return [
      .buildCommand(
        displayName: "Generate events and commands from EventSchemas",
        executable: try context.tool(named: "generate-events").url,
        arguments: [schemas.path, output.path],
        inputFiles: try GenerateEventsPlugin.schemas(in: schemas),
        outputFiles: GenerateEventsPlugin.outputs.map { output.appending(path: $0) })
    ]
  }

  /// What generate-events writes: always the same files, so that no schema needs a new one.
  private static let outputs =
    [
      "SharedTypes.swift", "Subject.swift", "Permission.swift", "Event.swift", "Command.swift",
      "CommandEvents.swift", "PublishedSchemas.swift",
    ]
    + [
      "Tenant", "Customer", "Privacy", "Order", "Case", "Refund", "Return", "Hold", "System",
    ].flatMap { ["\($0)Events.swift", "\($0)Commands.swift"] }

  private static func schemas(in folder: URL) throws -> [URL] {
    var files = ["types.json", "permissions.json"].map { folder.appending(path: $0) }
    for family in ["events", "commands"] {
      let names = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: family).path)
      files += names.filter { $0.hasSuffix(".json") }.sorted().map {
        folder.appending(path: family).appending(path: $0)
      }
    }
    return files
  }
}
