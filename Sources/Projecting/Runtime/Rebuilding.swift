// A rebuild makes the read model anew from the log, in a shadow file beside the one that serves.
// When both have the same commits they must have the same rows: the digests are compared, the files
// exchanged by rename, and the old one is kept, unless it holds texts of a person who was erased
// since. Readers notice nothing of it.

import Cryptography
import EventLog
import EventSourcing
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
  /// It blocks: call it on a thread that may. After an error, too, each live file is a complete
  /// read model, and no unfinished one is left beside it.
  ///
  /// - Parameters:
  ///   - names: each counts once.
  ///   - progress: called with the number of commits that are done, after each step.
  /// - Throws: ``RebuildRunning`` while another rebuild is running; ``RebuildFailed`` when an event
  ///   cannot be applied or a file cannot be exchanged.
  public func rebuild(
    _ names: [String], progress: (Int) -> Void = { _ in }
  ) throws -> [RebuildReport] {
    let chosen = try chosen(names)
    if chosen.isEmpty { return [] }
    try beginRebuild()
    defer { endRebuild() }
    // Also after an error: they hold personal data that an erasure would never find.
    defer { for readModel in chosen { LiveReadModel.remove(path: shadowPath(readModel)) } }
    let shadows = try chosen.map { readModel in
      let path = shadowPath(readModel)
      try LiveReadModel.removeForGood(path: path)
      return try LiveReadModel.open(readModel, path: path, for: .building, sealedBy: key)
    }
    var builder = Core(
      models: shadows, reader: try LogReader(folder: logFolder), vault: vault)

    // Most of the way beside the live ones, the last commits while they wait.
    let target = core.withLock { core in core.models.map(\.checkpoint).max() ?? .first }
    try builder.build(to: target, progress: progress)
    for shadow in shadows { try shadow.makeIndexes() }
    let (result, standing) = core.withLock { core in
      let result: Result<[RebuildReport], any Error>
      do {
        let end = core.models.map(\.checkpoint).max() ?? .first
        _ = core.advance(to: end, commitCountMax: .max)
        try builder.build(to: end, progress: progress)
        try builder.reader.seek(to: end)
        let chain = try builder.reader.chain()
        let finished = try shadows.map { try $0.finish(chain: chain) }
        var reports: [RebuildReport] = []
        for shadow in finished { reports.append(try exchange(shadow, in: &core)) }
        result = .success(reports)
      } catch { result = .failure(error) }
      return (result, Standing(of: core.models))
    }
    publish(standing)
    return try result.get()
  }

  /// What the read models with these names hold now, as a rebuild would report them; nothing of one
  /// that has stopped.
  ///
  /// It blocks, and reads every row of theirs.
  public func reports(of names: [String]) throws -> [RebuildReport] {
    try core.withLock { core in
      let models = core.models.filter { model in
        names.contains(model.readModel.name) && model.failure == nil
      }
      return try models.map { model in
        RebuildReport(
          name: model.readModel.name, version: model.readModel.version,
          commitCount: Int(model.checkpoint.value), digest: try model.digest(),
          previousDigest: nil)
      }
    }
  }

  /// The read models with these names, each once.
  private func chosen(_ names: [String]) throws -> [any ReadModel.Type] {
    var seen: Set<String> = []
    return try names.filter { seen.insert($0).inserted }.map { name in
      guard let readModel = readModels.first(where: { $0.name == name }) else {
        throw UnknownReadModel(name: name, known: readModels.map { $0.name })
      }
      return readModel
    }
  }

  private func shadowPath(_ readModel: any ReadModel.Type) -> String {
    "\(folder)/\(readModel.name).rebuilding"
  }
}

extension LiveReadModel {
  /// Closes a file that was built, with its digest and its seal.
  ///
  /// - Parameter chain: the log's value at the checkpoint; `nil` for a file without a seal.
  func finish(chain: Digest? = nil) throws -> Shadow {
    let shadow = Shadow(
      readModel: readModel, path: path, checkpoint: checkpoint, lastErasure: lastErasure,
      digest: try chain.map(digest(sealingAt:)) ?? digest())
    try close()
    return shadow
  }
}

extension ProjectionRuntime.Core {
  /// Applies all commits below `end`.
  ///
  /// - Throws: ``RebuildFailed`` when a read model cannot apply one.
  mutating func build(to end: Ordinal, progress: (Int) -> Void) throws {
    var step = Progress.more
    while case .more = step {
      step = advance(to: end, commitCountMax: 10_000)
      progress(Int(models[0].checkpoint.value))
    }
    for model in models {
      let status = model.status
      // A file without a journal cannot be trusted after a VACUUM that failed.
      let scrubbing = status.isForgetting ? "erased texts could not be removed from its file" : nil
      guard let reason = status.failure ?? status.delay ?? scrubbing else { continue }
      throw RebuildFailed(name: status.name, reason: reason)
    }
  }
}

/// Only one rebuild runs at a time, since two would write the same files.
public struct RebuildRunning: Error, CustomStringConvertible {
  public var description: String {
    "Another rebuild is running. Wait until it has ended, then try again."
  }
}

/// A rebuild that could not come to its end; the read model that served before still does.
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
