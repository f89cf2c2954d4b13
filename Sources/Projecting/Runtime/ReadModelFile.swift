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
  /// What is wrong with the file; `nil` where it can be read.
  public var damage: String?

  /// Reads what the files say; missing ones are listed without version, damaged ones with their
  /// ``damage`` alone.
  public static func statuses(
    of readModels: [any ReadModel.Type], in folder: String, withDigest: Bool = true
  ) throws -> [ReadModelFile] {
    try readModels.map { readModel in
      let path = ProjectionRuntime.path(of: readModel, in: folder)
      var file = ReadModelFile(name: readModel.name)
      guard FileManager.default.fileExists(atPath: path) else { return file }
      do {
        try file.read(Database(path: path, mode: .readOnly), withDigest: withDigest)
      } catch let error as SQLiteError where error.isCorrupt {
        file = ReadModelFile(name: readModel.name)
        file.damage = error.message
      }
      return file
    }
  }

  private mutating func read(_ database: Database, withDigest: Bool) throws {
    try database.transaction {
      // A service that is creating the file has not come to its tables.
      guard try database.hasTable("_projection") else { return }
      version = try database.int("SELECT version FROM _projection")
      checkpoint = try database.int("SELECT checkpoint FROM _projection")
        .map { Ordinal(UInt64($0)) }
      // Files of earlier versions have no such table.
      if try database.hasTable("_failure") {
        failure = try database.text("SELECT reason FROM _failure")
      }
      if withDigest { digest = try database.contentDigest() }
    }
  }
}

extension Database {
  func hasTable(_ name: String) throws -> Bool {
    try int("SELECT 1 FROM sqlite_schema WHERE name = ?", name) != nil
  }
}
