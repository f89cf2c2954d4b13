// A rebuild makes the read model anew from the log, in a shadow file beside the one that serves.
// When both have the same commits they must have the same rows: the digests are compared, the files
// exchanged by rename, and the old one is kept. Readers notice nothing of it.

import EventLog
import EventSourcing
import Foundation
import SQLite
import Synchronization

/// What a rebuild found.
public struct RebuildReport: Sendable, Hashable {
  public var name: String
  public var version: Int
  public var commitCount: Int
  public var digest: String
  /// The digest of the read model it replaced; `nil` where there was none that could be compared.
  public var previousDigest: String?

  /// The same version made other rows of the same history before: one of the two was wrong.
  public var isChanged: Bool { previousDigest.map { $0 != digest } ?? false }
}

extension ProjectionRuntime {
  /// Rebuilds read models, in one pass over the log, while they go on serving.
  ///
  /// It blocks: call it on a thread that may.
  ///
  /// - Parameter progress: called with the number of commits that are done, after each step.
  /// - Throws: when an event cannot be applied; the live files stay what they were.
  public func rebuild(
    _ names: [String], progress: (Int) -> Void = { _ in }
  ) throws -> [RebuildReport] {
    let chosen = try names.map { name in
      guard let readModel = readModels.first(where: { $0.name == name }) else {
        throw UnknownReadModel(name: name, known: readModels.map { $0.name })
      }
      return readModel
    }
    if chosen.isEmpty { return [] }
    let shadows = try chosen.map { readModel in
      let path = shadowPath(readModel)
      LiveReadModel.remove(path: path)
      return try LiveReadModel.open(readModel, path: path, for: .building)
    }
    var builder = Core(
      models: shadows, reader: try LogReader(folder: logFolder), vault: vault)

    // Most of the way beside the live ones, the last commits while they wait.
    let target = core.withLock { core in core.models.map(\.checkpoint).max() ?? .first }
    try builder.build(to: target, progress: progress)
    for shadow in shadows { try shadow.makeIndexes() }
    return try core.withLock { core in
      let end = core.models.map(\.checkpoint).max() ?? .first
      _ = core.advance(to: end, commitCountMax: .max)
      try builder.build(to: end, progress: progress)
      let finished = try shadows.map { shadow in
        let finished = Shadow(
          readModel: shadow.readModel, path: shadow.path, checkpoint: shadow.checkpoint,
          digest: try shadow.digest())
        try shadow.close()
        return finished
      }
      var reports: [RebuildReport] = []
      for shadow in finished { reports.append(try exchange(shadow, in: &core)) }
      return reports
    }
  }

  private func shadowPath(_ readModel: any ReadModel.Type) -> String {
    "\(folder)/\(readModel.name).rebuilding"
  }

  /// Puts a finished shadow in the place of the live file and keeps that one.
  private func exchange(_ shadow: Shadow, in core: inout Core) throws -> RebuildReport {
    let readModel = shadow.readModel
    let livePath = Self.path(of: readModel, in: folder)
    let previousPath = "\(folder)/\(readModel.name).previous.sqlite"
    guard let index = core.models.firstIndex(where: { $0.readModel == readModel }) else {
      preconditionFailure("the runtime has no read model \(readModel.name)")
    }
    let live = core.models[index]
    let report = RebuildReport(
      name: readModel.name, version: readModel.version,
      commitCount: Int(shadow.checkpoint.value), digest: shadow.digest,
      previousDigest: live.failure == nil ? try live.digest() : nil)
    try exchanging(readModel.name) {
      try live.close()
      LiveReadModel.remove(path: previousPath)
      try rename(livePath, to: previousPath)
      LiveReadModel.remove(path: livePath)
      try rename(shadow.path, to: livePath)
    }
    core.models[index] = try LiveReadModel.open(readModel, path: livePath)
    return report
  }

  private func rename(_ old: String, to new: String) throws {
    if Foundation.rename(old, new) != 0 {
      throw CocoaError(
        .fileWriteUnknown,
        userInfo: [
          NSFilePathErrorKey: new,
          NSLocalizedDescriptionKey:
            "cannot rename \(old) to \(new): \(String(cString: strerror(errno)))",
        ])
    }
  }
}

/// A read model that was built and closed beside the live one.
private struct Shadow: Sendable {
  var readModel: any ReadModel.Type
  var path: String
  var checkpoint: Ordinal
  var digest: String
}

extension ProjectionRuntime.Core {
  fileprivate mutating func build(to end: Ordinal, progress: (Int) -> Void) throws {
    while case .more = advance(to: end, commitCountMax: 10_000) {
      progress(Int(models[0].checkpoint.value))
    }
    for model in models {
      guard let reason = model.failure ?? model.delay else { continue }
      throw RebuildFailed(name: model.readModel.name, reason: reason)
    }
  }
}

/// A rebuild that could not apply an event; the read model that served before still does.
public struct RebuildFailed: Error, CustomStringConvertible {
  public var name: String
  public var reason: String

  public var description: String { "rebuilding \(name) failed: \(reason)" }
}

/// A name that no readModel has.
public struct UnknownReadModel: Error, CustomStringConvertible {
  public var name: String
  public var known: [String]

  public var description: String {
    "there is no read model \(name); there are \(known.joined(separator: ", "))"
  }
}
