// Read models as of a point are those of a log that ends there, and what a comparison of two points
// says leads from the one to the other.

import Audit
import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import Projecting
import Projections
import RunningRedress
import SQLite
import Testing

struct AsOfTests {
  @Test(arguments: [UInt64(1), 2, 3])
  func `read models as of a position are those of a log that ends there`(
    seed: UInt64
  ) async throws {
    try await withHistory(seed) { history, folder in
      for (number, tenant) in RandomHistory.tenants.enumerated() {
        let tenant = TenantID(unchecked: tenant)
        for position in try positions(in: history, of: tenant) {
          let point = try HistoryPoint(
            upTo: .position(position), of: tenant, logFolder: history.redress.logFolder)
          try expectSame(history, point.extent, in: "\(folder)/\(number)-\(position)") {
            $0.tenant == tenant && $0.firstPosition <= position
          }
        }
      }
    }
  }

  @Test func `read models as of a time have every tenant's events up to then`() async throws {
    try await withHistory(4) { history, folder in
      let times = try history.redress.history().map(\.recordedTime)
      for index in [0, times.count / 3, times.count / 2, times.count - 1] {
        let time = times.sorted()[index]
        let point = try HistoryPoint(
          upTo: .time(time), of: nil, logFolder: history.redress.logFolder)
        #expect(point.recordedTime == time)
        let events = try history.redress.history()
        try expectSame(history, point.extent, in: "\(folder)/\(index)") { commit in
          events.contains {
            $0.tenant == commit.tenant && $0.position == commit.firstPosition
              && $0.recordedTime <= time
          }
        }
      }
    }
  }

  @Test(arguments: [UInt64(5), 6, 7])
  func `what differs between two points leads from one to the other`(seed: UInt64) async throws {
    try await withHistory(seed) { history, folder in
      let tenant = TenantID(unchecked: "acme")
      let positions = try positions(in: history, of: tenant)
      var count = 0
      for (number, pair) in zip(positions, positions.dropFirst()).enumerated() {
        let points = try [pair.0, pair.1].map {
          try HistoryPoint(upTo: .position($0), of: tenant, logFolder: history.redress.logFolder)
        }
        let (before, after) = (points[0].extent, points[1].extent)
        let (old, new) = ("\(folder)/old-\(number)", "\(folder)/new-\(number)")
        _ = try build(history, before, in: old)
        let digests = try build(history, after, in: new)
        try difference(history, before, after).forEachChange { change in
          count += 1
          try change.apply(in: old)
          #expect(!change.events.isEmpty)
          #expect(change.events.map(\.position) == change.events.map(\.position).sorted())
          for event in change.events {
            #expect(event.position >= Position(before.ends[tenant]?.value ?? 0))
            #expect(event.position < after.ends[tenant] ?? .first)
          }
        }
        #expect(try Self.digests(in: old) == digests)
      }
      #expect(count > 0)
    }
  }

  @Test func `a row has the events of each step on the way, and no others`() async throws {
    try await withHistory(8) { history, _ in
      let tenant = TenantID(unchecked: "acme")
      let count = try history.redress.history().count { $0.tenant == tenant }
      var steps: [HistoryExtent] = []
      for position in count - 25..<count {
        let point = try HistoryPoint(
          upTo: .position(Position(UInt64(position))), of: tenant,
          logFolder: history.redress.logFolder)
        if steps.last != point.extent { steps.append(point.extent) }
      }
      #expect(steps.count > 10)
      var events: [[String]: [CausingEvent]] = [:]
      for (before, after) in zip(steps, steps.dropFirst()) {
        try difference(history, before, after).forEachChange { change in
          events[change.place, default: []] += change.events
        }
      }
      try difference(history, steps[0], steps[steps.count - 1]).forEachChange { change in
        #expect(change.events == events[change.place])
      }
    }
  }

  // MARK: Building

  private func withHistory(
    _ seed: UInt64, _ body: (RandomHistory, _ folder: String) throws -> Void
  ) async throws {
    let history = try await RandomHistory(seed: seed)
    defer { history.redress.removeFolder() }
    #expect(try history.redress.history().contains { $0.event.type == "SubjectErased" })
    let folder = NSTemporaryDirectory() + "redress-as-of-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(history, folder)
  }

  /// The first, the last, and some in between.
  private func positions(in history: RandomHistory, of tenant: TenantID) throws -> [Position] {
    let count = try history.redress.history().count { $0.tenant == tenant }
    return [0, count / 4, count / 2, count * 3 / 4, count - 1].map { Position(UInt64($0)) }
  }

  private func build(
    _ history: RandomHistory, _ extent: HistoryExtent, in folder: String
  ) throws -> [String] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try PastReadModels(
      of: readModels, in: extent, logFolder: history.redress.logFolder,
      vault: history.redress.vault, folder: folder
    ).reports.map(\.digest)
  }

  /// Compares with what a service would have on a log of the included commits alone.
  private func expectSame(
    _ history: RandomHistory, _ extent: HistoryExtent, in folder: String,
    _ isIncluded: (CommitView) -> Bool
  ) throws {
    let digests = try build(history, extent, in: folder + "/as-of")
    try history.writeLog(to: folder + "/log", where: isIncluded)
    let runtime = try ProjectionRuntime(
      folder: folder + "/fresh", logFolder: folder + "/log", readModels: readModels,
      vault: history.redress.vault)
    #expect(runtime.catchUp(to: nil).allSatisfy { $0.failure == nil && $0.delay == nil })
    #expect(try Self.digests(in: folder + "/fresh") == digests)
  }

  private static func digests(in folder: String) throws -> [String?] {
    try ReadModelFile.statuses(of: readModels, in: folder).map(\.digest)
  }

  private func difference(
    _ history: RandomHistory, _ before: HistoryExtent, _ after: HistoryExtent
  ) throws -> ReadModelDifference {
    try ReadModelDifference(
      of: readModels, from: before, to: after, logFolder: history.redress.logFolder,
      vault: history.redress.vault)
  }
}

extension RowChange {
  /// Names the row.
  fileprivate var place: [String] { [readModel, table] + key.map { "\($0.value)" } }

  /// Makes the change in the read model's file, without its triggers.
  fileprivate func apply(in folder: String) throws {
    let database = try Database(path: "\(folder)/\(readModel).sqlite", mode: .readWrite)
    for trigger in try database.texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
      try database.execute("DROP TRIGGER \(trigger)")
    }
    func list(_ names: [String]) -> String { names.joined(separator: ", ") }
    let condition = key.map { "\($0.key) = \($0.value.sql)" }.joined(separator: " AND ")
    switch kind {
    case .inserted:
      let names = key.map(\.key) + columns.map(\.name)
      let values = key.map(\.value.sql) + columns.map { ($0.after ?? .null).sql }
      try database.execute("INSERT INTO \(table) (\(list(names))) VALUES (\(list(values)))")
    case .updated:
      let assignments = columns.map { "\($0.name) = \(($0.after ?? .null).sql)" }
      try database.execute("UPDATE \(table) SET \(list(assignments)) WHERE \(condition)")
    case .deleted: try database.execute("DELETE FROM \(table) WHERE \(condition)")
    }
    #expect(database.changes == 1)
  }
}

extension JSONValue {
  /// The value as SQL writes it.
  fileprivate var sql: String {
    if case .string(let text) = self {
      return "'\(text.replacing("'", with: "''"))'"
    }
    return self == .null ? "NULL" : String(decoding: json, as: UTF8.self)
  }
}
