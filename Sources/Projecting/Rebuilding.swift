// A rebuild makes the read model anew from the log, in a shadow file beside the one that serves. When
// it stands where the live one stands, the two must say the same: the digests are compared, the files
// exchanged by rename, and the old one is kept. Nobody who reads meanwhile notices.

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

  /// The same version over the same history said something else before: one of the two was wrong.
  public var isChanged: Bool { previousDigest.map { $0 != digest } ?? false }
}

extension ProjectionRuntime {
  /// Rebuilds a read model while it goes on serving.
  ///
  /// - Parameter progress: told how many commits are done, now and then.
  /// - Throws: when an event cannot be applied; the live file stays what it was.
  public func rebuild(
    _ name: String, progress: (Int) -> Void = { _ in }
  ) throws -> RebuildReport {
    guard let projector = projectors.first(where: { $0.name == name }) else {
      throw UnknownReadModel(name: name, known: projectors.map { $0.name })
    }
    let livePath = Self.path(of: projector, in: folder)
    let shadowPath = "\(folder)/\(name).rebuilding"
    ReadModel.remove(path: shadowPath)
    let shadow = try ReadModel(projector, path: shadowPath)
    var builder = Core(models: [shadow], reader: try LogReader(folder: logFolder))

    // Most of the way beside the live one, the last commits while it waits.
    let target = core.withLock { core in
      core.models.first { $0.projector.name == name }?.checkpoint ?? .first
    }
    try builder.build(to: target, progress: progress)
    return try core.withLock { core in
      guard let index = core.models.firstIndex(where: { $0.projector.name == name }) else {
        preconditionFailure("the runtime has no read model \(name)")
      }
      let live = core.models[index]
      if live.failure == nil { try builder.build(to: live.checkpoint, progress: progress) }
      let report = RebuildReport(
        name: name, version: projector.version, commitCount: Int(shadow.checkpoint.value),
        digest: try shadow.digest(), previousDigest: live.failure == nil ? try live.digest() : nil)
      try shadow.close()
      try exchanging(name) {
        try live.close()
        ReadModel.remove(path: "\(folder)/\(name).previous.sqlite")
        try rename(livePath, to: "\(folder)/\(name).previous.sqlite")
        ReadModel.remove(path: livePath)
        try rename(shadowPath, to: livePath)
      }
      core.models[index] = try ReadModel(projector, path: livePath)
      return report
    }
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

extension ProjectionRuntime.Core {
  fileprivate mutating func build(to end: Ordinal, progress: (Int) -> Void) throws {
    while !advance(to: end, commitCountMax: 10_000) {
      progress(Int(models[0].checkpoint.value))
    }
    if let failure = models[0].failure {
      throw RebuildFailed(name: models[0].projector.name, reason: failure)
    }
  }
}

/// A rebuild that could not apply an event; the read model that served before still does.
public struct RebuildFailed: Error, CustomStringConvertible {
  public var name: String
  public var reason: String

  public var description: String { "rebuilding \(name) failed: \(reason)" }
}

/// A name that no projector has.
public struct UnknownReadModel: Error, CustomStringConvertible {
  public var name: String
  public var known: [String]

  public var description: String {
    "there is no read model \(name); there are \(known.joined(separator: ", "))"
  }
}
