// The exchange of a live file for a rebuilt one. What must hold: at every moment the path of the
// live file names a complete file, the earlier one or the rebuilt one; and after a failure the read
// model goes on with the file that the path names.

import EventSourcing
import Glibc
import SQLite

/// A read model that was built and closed beside the live one.
struct Shadow: Sendable {
  var readModel: any ReadModel.Type
  var path: String
  var checkpoint: Ordinal
  var lastErasure: Ordinal?
  var digest: String
}

extension ProjectionRuntime {
  /// Puts a finished shadow in the place of the live file, which stays as the previous one.
  ///
  /// - Throws: ``RebuildFailed``; the live file is then what it was, unless the rebuilt one cannot
  ///   be opened, in which case the read model stops.
  func exchange(_ shadow: Shadow, in core: inout Core) throws -> RebuildReport {
    let readModel = shadow.readModel
    guard let index = core.models.firstIndex(where: { $0.readModel == readModel }) else {
      preconditionFailure("the runtime has no read model \(readModel.name)")
    }
    let live = core.models[index]
    do {
      let report = RebuildReport(
        name: readModel.name, version: readModel.version,
        commitCount: Int(shadow.checkpoint.value), digest: shadow.digest,
        previousDigest: try live.digest(at: shadow.checkpoint))
      core.models[index] = try exchanging(readModel.name) {
        do { try live.makeWay(for: shadow) } catch {
          live.reopen()
          throw error
        }
        do {
          let rebuilt = try LiveReadModel.open(readModel, path: live.path, sealedBy: key)
          rebuilt.noteChange()
          return rebuilt
        } catch {
          live.giveUp("the rebuilt file cannot be opened: \(error)", after: error)
          throw error
        }
      }
      return report
    } catch { throw RebuildFailed(name: readModel.name, reason: "\(error)") }
  }
}

extension LiveReadModel {
  /// The digest, if this has the same commits and can be read.
  fileprivate func digest(at end: Ordinal) throws -> String? {
    guard failure == nil, checkpoint == end else { return nil }
    do { return try digest() } catch let error as SQLiteError where error.isCorrupt { return nil }
  }

  /// Gives its path to the shadow; no reader has the file open.
  fileprivate func makeWay(for shadow: Shadow) throws {
    let wasInPlace = isInPlace
    do { try close() } catch {
      // What cannot be used any more need not be complete.
      let isDamaged = (error as? SQLiteError)?.isCorrupt ?? false
      guard failure != nil || isDamaged || !wasInPlace else { throw error }
      try letGo()
    }
    let previousPath = Self.previousPath(of: path)
    LiveReadModel.remove(path: previousPath)
    if wasInPlace, !holdsErased(by: shadow) {
      try call("keep \(path) as \(previousPath)") { link(path, previousPath) }
    }
    LiveReadModel.removeJournals(path: path)
    do {
      try call("rename \(shadow.path) to \(path)") { rename(shadow.path, path) }
    } catch {
      LiveReadModel.remove(path: previousPath)
      throw error
    }
  }

  /// Whether the file may hold texts of persons whose erasure the shadow has applied.
  private func holdsErased(by shadow: Shadow) -> Bool {
    status.isForgetting || shadow.lastErasure.map { $0 >= checkpoint } ?? false
  }

  private func call(_ what: String, _ body: () -> CInt) throws {
    if body() != 0 {
      throw ExchangeError(description: "cannot \(what): \(String(cString: strerror(errno)))")
    }
  }
}

/// A call of the system that failed.
private struct ExchangeError: Error, CustomStringConvertible {
  var description: String
}
