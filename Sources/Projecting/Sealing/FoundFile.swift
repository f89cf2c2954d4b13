// A read model's file as it is found: of which version, how far, and whether it is believed. What
// must hold: a file that does not fit the read model, the log or its seal is built anew, and
// nothing of it is served.

import Cryptography
import EventLog
import EventSourcing
import SQLite

/// Judges a file that has its tables.
struct FoundFile {
  let readModel: any ReadModel.Type
  let database: Database

  /// The first commit that is not in it yet.
  ///
  /// - Throws: ``RebuildNeeded`` for a file of another version.
  func checkpoint() throws -> Ordinal {
    let version = try database.int("SELECT version FROM _projection")
    guard version == readModel.version,
      let checkpoint = try database.int("SELECT checkpoint FROM _projection")
    else {
      throw RebuildNeeded(
        name: readModel.name,
        reason: "is version \(version ?? 0) and version \(readModel.version) is needed")
    }
    return Ordinal(UInt64(checkpoint))
  }

  /// - Throws: ``RebuildNeeded`` for a file without a seal.
  func seal(under key: ReadModelKey) throws -> FileSeal {
    guard try database.hasTable("_seal") else {
      guard try FileSeal.isPromised(in: database) else {
        throw RebuildNeeded(name: readModel.name, reason: "was made before files were sealed")
      }
      throw RebuildNeeded(name: readModel.name, reason: "has no seal", isDistrusted: true)
    }
    return try FileSeal(key, of: database, readModel)
  }

  /// Requires that the log has all that is in the file, and that the seal fits both.
  ///
  /// - Parameter seal: `nil` believes the file without one.
  /// - Throws: ``RebuildNeeded``.
  func require(
    _ seal: FileSeal?, at checkpoint: Ordinal, toFit reader: LogReader, checkingRows: Bool
  ) throws {
    do { try reader.seek(to: checkpoint) } catch {
      guard case .noSuchOrdinal(_, let end) = error else { throw error }
      throw RebuildNeeded(
        name: readModel.name,
        reason: "has all before commit \(checkpoint), and the log ends before commit \(end)")
    }
    guard let seal else { return }
    do {
      try seal.judge(checkpoint, chain: reader.chain())
      if checkingRows { try seal.judgeRows() }
    } catch let error as FileSeal.Distrust {
      throw RebuildNeeded(name: readModel.name, reason: error.reason, isDistrusted: true)
    } catch let error as SQLiteError where error.isCorrupt {
      throw RebuildNeeded(name: readModel.name, reason: "is damaged (\(error.message))")
    }
  }
}

/// A read model's file that does not fit the read model or the log.
public struct RebuildNeeded: Error, CustomStringConvertible {
  public var name: String
  public var reason: String
  /// The file's seal does not show that this service wrote it.
  public var isDistrusted = false

  public var description: String { "the read model \(name) \(reason): it has to be rebuilt" }
}
