// redress projections diff: what changed in the read models between two points of a tenant's
// history, and by which events.

import Audit
import EventLog
import EventSourcing
import Events
import Node
import Projecting

struct ProjectionsDifference {
  private let folder: DataFolder
  private let tenant: String?
  private let models: [any ReadModel.Type]
  private let points: [PointArgument]
  private let format: RowChangePrinter.Format
  private let opening: Opening

  init(_ arguments: inout Arguments, in folder: DataFolder) throws {
    self.folder = folder
    tenant = try arguments.option("--tenant")
    models = try ProjectionsTool.models(arguments.options("--model"))
    format = try arguments.choice("--format") ?? .text
    opening = try Opening(&arguments)
    let words = try arguments.rest()
    guard words.count == 2 else {
      throw Stop.usage("diff needs two points, A and B, such as 40 60; \(words.count) are given")
    }
    points = try words.map { try PointArgument($0, in: folder) }
  }

  func run() throws -> ExitCode {
    let progress = ProgressLine()
    defer { progress.clear() }
    return try replayingHistory {
      let found = try PointReader(folder: folder, name: tenant).find(points, needsTenant: true)
      let (from, to) = (found[0], found[1])
      guard from.point.extent.end <= to.point.extent.end else {
        throw Stop.usage("\(from.name) comes after \(to.name): give the earlier point first")
      }
      let vault = try opening.vault(
        of: folder, .personalTexts, tenant: folder.tenant(named: tenant),
        what: "differences between \(from.name) and \(to.name)")
      let difference = try ReadModelDifference(
        of: models, from: from.point.extent, to: to.point.extent, logFolder: folder.log,
        vault: vault
      ) { progress.show("\($0) commits applied") }
      progress.clear()
      var printer = RowChangePrinter(format, from: from.name, to: to.name)
      try difference.forEachChange { try printer.print($0) }
      try printer.finish()
      return .success
    }
  }
}
