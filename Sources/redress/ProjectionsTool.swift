// redress projections: lists the read models, rebuilds them from the log, and compares them.

import CommandHandling
import Curl
import EventLog
import EventSourcing
import Foundation
import JSON
import Node
import Projecting
import Projections
import Service
import Synchronization

struct ProjectionsTool: CommandLineTool {
  static let name = "projections"
  static let summary = "Lists, rebuilds or compares the read models."
  static let help = """
    Lists the read models, or rebuilds them from the log. A running service answers from the old
    file during the rebuild, until the new one has caught up.

    diff says row by row what changed between two points of a tenant's history, and which events
    did it. It reads the log alone and leaves nothing behind. A row that was changed and changed
    back does not differ.

    Usage: redress projections list --data DIR
           redress projections rebuild --data DIR [NAME…]
           redress projections diff --data DIR [--tenant T] [--model NAME] [--format F]
                                    [--open --reason TEXT] A B

      --data DIR     the data folder; a service may be running on it
      NAME           the read models to rebuild; all by default
      A, B           the last position, the last recorded time, or a file with a signed checkpoint;
                     A comes before B
      --tenant T     the tenant to compare; required when there are several
      --model NAME   the read model to compare; all by default
      --format F     text (default); json: one object; csv (RFC 4180): one row for each value
    \(Opening.help)

    Examples:
      redress projections rebuild --data ./data RefundQueue
      redress projections diff --data ./data --tenant acme --model OrderBalance 40 60

    Exit codes: 0 done; 1 a rebuilt read model differs from before at the same version, a read
    model has stopped or is damaged, or the log is; 2 invalid command line; 3 the command failed.
    """

  private enum Verb {
    case list
    case rebuild([String])
    case compare(ProjectionsDifference)
  }

  private let folder: DataFolder
  private let verb: Verb

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    switch arguments.word() {
    case "list": verb = .list
    case "rebuild": verb = .rebuild(try Self.models(arguments.rest()).map { $0.name })
    case "diff": verb = .compare(try ProjectionsDifference(&arguments, in: folder))
    case let other?: throw Stop.usage("\(other) is neither list, rebuild nor diff")
    case nil: throw Stop.usage("name list, rebuild or diff")
    }
  }

  /// The read models with these names; all where there is no name.
  static func models(_ names: [String]) throws -> [any ReadModel.Type] {
    if names.isEmpty { return readModels }
    return try names.map { name in
      guard let model = readModels.first(where: { $0.name == name }) else {
        let known = readModels.map { $0.name }.joined(separator: ", ")
        throw Stop.usage("there is no read model \(name); there are \(known)")
      }
      return model
    }
  }

  func run() throws -> ExitCode {
    switch verb {
    case .list: try list()
    case .compare(let difference): try difference.run()
    case .rebuild(let names):
      if let holder = folder.holder() {
        try rebuild(names, by: holder)
      } else {
        try rebuild(names)
      }
    }
  }

  private func list() throws -> ExitCode {
    let statuses = try ReadModelFile.statuses(of: readModels, in: folder.readModels)
    let table = Table(["NAME", "VERSION", "COMMITS", "DIGEST"], right: [1, 2])
    let rows = statuses.map { status in
      [
        status.name, status.version.map(String.init) ?? "–",
        status.checkpoint.map { "\($0)" } ?? (status.damage == nil ? "not built" : "–"),
        status.damageReport(in: folder) ?? status.digest ?? "–",
      ]
    }
    try Output.print(table.text(rows))
    return try statuses.showFailures(in: folder) ? .wrong : .success
  }

  private func rebuild(_ names: [String]) throws -> ExitCode {
    try folder.lock(socket: nil)
    // Such a file is made anew before it could be compared.
    let hasDistrusted = Mutex(false)
    let runtime = try ProjectionRuntime(
      folder: folder.readModels, logFolder: folder.log, readModels: readModels,
      vault: folder.openPersonalKeys().vault, key: folder.readModelKey(),
      checkingRows: false,
      onRebuild: { needed in
        say("\(needed); doing so now")
        if needed.isDistrusted { hasDistrusted.withLock { $0 = true } }
      })
    let start = ContinuousClock.now
    let progress = ProgressLine()
    // A rebuild ends where the read models are, and no service has brought these to the log's end.
    _ = runtime.catchUp(to: nil)
    let reports = try runtime.rebuild(names) { progress.show("\($0) commits applied") }
    progress.clear()
    try folder.appendHolding(reports.map { SystemEntry($0) })
    for report in reports {
      try show(
        report.name, "\(report.commitCount)", report.digest, report.previousDigest)
    }
    try Output.print("rebuilt in \(seconds(since: start))")
    let isChanged = reports.contains(where: \.isChanged) || hasDistrusted.withLock { $0 }
    return isChanged ? .wrong : .success
  }

  private func rebuild(_ names: [String], by holder: DataFolder.Holder) throws -> ExitCode {
    let client = try holder.client()
    let start = ContinuousClock.now
    say("process \(holder.pid) rebuilds them and keeps serving")
    let query = names.map { "name=\($0)" }.joined(separator: "&")
    let response = try client.send(
      method: "POST", target: "/v1/projections/rebuild?\(query)")
    let answer = try JSONValue(parsing: response.body)
    guard response.status == 200, let reports = answer.elements else {
      throw Stop.unable(
        "\(answer["detail"]?.string ?? "the service answered \(response.status)")")
    }
    for report in reports {
      try show(
        report["name"]?.string ?? "?", "\(report["commits"]?.integer ?? 0)",
        report["digest"]?.string ?? "?", report["previousDigest"]?.string)
    }
    try Output.print("rebuilt in \(seconds(since: start))")
    return reports.contains { $0["changed"]?.bool ?? true } ? .wrong : .success
  }

  private func show(_ name: String, _ commits: String, _ digest: String, _ previous: String?)
    throws
  {
    let comparison =
      switch previous {
      case nil: "no earlier digest to compare with"
      case digest?: "as before"
      case let other?: "BEFORE: \(other)"
      }
    try Output.print("\(name): \(commits) commits, digest \(digest), \(comparison)")
  }
}

extension ReadModelFile {
  /// What a table says of a damaged file; `nil` for any other.
  func damageReport(in folder: DataFolder) -> String? {
    damage.map { "damaged: \($0); rebuild it with \(rebuildCommand(in: folder))" }
  }

  func rebuildCommand(in folder: DataFolder) -> String {
    "redress projections rebuild --data \(folder.path) \(name)"
  }
}

extension [ReadModelFile] {
  /// Prints why read models have stopped and how to rebuild them.
  ///
  /// - Returns: whether any has stopped or is damaged.
  func showFailures(in folder: DataFolder) throws -> Bool {
    let stopped = compactMap { file in file.failure.map { (file, $0) } }
    for (file, failure) in stopped {
      try Output.print("\n\(file.name) has stopped: \(failure)")
      try Output.print(
        "Its rows end before that event. With a version that can apply the event, rebuild it:")
      try Output.print("\(file.rebuildCommand(in: folder))")
    }
    return !stopped.isEmpty || contains { $0.damage != nil }
  }
}
