// What a read model's file says of itself, for those who only look.

public import EventSourcing
import Foundation
import SQLite

/// A read model's file as it lies there.
public struct ReadModelFile: Sendable, Hashable {
  public var name: String
  /// `nil` where there is no file.
  public var version: Int?
  public var checkpoint: Ordinal?
  public var digest: String?

  /// Reads what the files say; missing ones are listed without version.
  public static func statuses(
    of readModels: [any ReadModel.Type], in folder: String, withDigest: Bool = true
  ) throws -> [ReadModelFile] {
    try readModels.map { readModel in
      let path = ProjectionRuntime.path(of: readModel, in: folder)
      var file = ReadModelFile(name: readModel.name)
      guard FileManager.default.fileExists(atPath: path) else { return file }
      let database = try Database(path: path, mode: .readOnly)
      try database.transaction {
        let stored = try database.row(
          "SELECT version, checkpoint FROM _projection", row: { ($0.int(0), $0.int(1)) })
        file.version = stored?.0
        file.checkpoint = stored.map { Ordinal(UInt64($0.1)) }
        if withDigest { file.digest = try database.contentDigest() }
      }
      return file
    }
  }
}
