// What a read model's file says of itself, for tools that only look.

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
  /// Why the read model stopped; `nil` while it goes on.
  public var failure: String?

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
        file.version = try database.int("SELECT version FROM _projection")
        file.checkpoint = try database.int("SELECT checkpoint FROM _projection")
          .map { Ordinal(UInt64($0)) }
        // Files of earlier versions have no such table.
        if try database.int("SELECT 1 FROM sqlite_schema WHERE name = '_failure'") != nil {
          file.failure = try database.text("SELECT reason FROM _failure")
        }
        if withDigest { file.digest = try database.contentDigest() }
      }
      return file
    }
  }
}
