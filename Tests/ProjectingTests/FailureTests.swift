// An error that comes from the event stops a read model for good and is reported once; an error
// that passes is tried again.

import EventLog
import EventSourcing
import Events
import Projecting
import RunningRedress
import SQLite
import Synchronization
import Testing

struct `A read model that cannot apply an event` {
  private let reports = Reports()

  private final class Reports: Sendable {
    private let all = Mutex<[ProjectionStatus]>([])
    var list: [ProjectionStatus] { all.withLock { $0 } }
    func add(_ status: ProjectionStatus) { all.withLock { $0.append(status) } }
  }

  private func runtime(
    _ model: any ReadModel.Type, of redress: RunningRedress
  ) throws -> ProjectionRuntime {
    try ProjectionRuntime(
      folder: redress.folder + "/others", logFolder: redress.logFolder, readModels: [model],
      vault: nil, onFailure: { [reports] in reports.add($0) })
  }

  @Test func `says why in its file, and to the service once`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let stopped = try runtime(Broken.self, of: redress)
    for _ in 0..<10 { _ = stopped.catchUp(to: redress.log.durableEnd) }
    let reason = "CaseOpened at position 5 of acme (commit 3): nothing of this kind is known"
    #expect(reports.list.map(\.failure) == [reason])
    let file = try #require(
      try ReadModelFile.statuses(of: [Broken.self], in: redress.folder + "/others").first)
    #expect(file.failure == reason)
    // Its step counts for nothing.
    #expect(file.checkpoint == .first)
    stopped.stop()
    redress.stop()
  }

  @Test func `keeps no one waiting for what it will never have`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let stopped = try runtime(Broken.self, of: redress)
    let (tenant, last) = (TenantID(unchecked: "acme"), Position(5))
    async let early = stopped.wait(for: last, of: tenant, in: Broken.name, seconds: 3_600)
    _ = stopped.catchUp(to: redress.log.durableEnd)
    #expect(await !early)
    #expect(await !stopped.wait(for: last, of: tenant, in: Broken.name, seconds: 3_600))
    stopped.stop()
    redress.stop()
  }

  @Test func `goes on after a full disk, without a restart`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    Filling.errorCount.withLock { $0 = 1 }
    let runtime = try runtime(Filling.self, of: redress)
    let delayed = runtime.catchUp(to: redress.log.durableEnd)
    #expect(delayed[0].failure == nil && delayed[0].delay != nil)
    #expect(delayed[0].checkpoint == .first)
    runtime.start(following: redress.log)
    let last = Position(redress.log.durableEnd(of: TenantID(unchecked: "acme")).value - 1)
    #expect(
      await runtime.wait(
        for: last, of: TenantID(unchecked: "acme"), in: Filling.name, seconds: 60))
    #expect(runtime.statuses[0].delay == nil)
    #expect(reports.list.count == 1 && reports.list[0].failure == nil)
    runtime.stop()
    redress.stop()
  }
}

private enum Broken: ReadModel {
  struct Unknown: Error, CustomStringConvertible {
    var description: String { "nothing of this kind is known" }
  }

  static let name = "Broken"
  static let version = 1
  static let tables = "CREATE TABLE things (id INTEGER PRIMARY KEY) STRICT"
  static let handlers = Handlers {
    on(CaseOpened.self) { _, _ in throw Unknown() }
  }
}

private enum Filling: ReadModel {
  static let errorCount = Mutex(0)

  static let name = "Filling"
  static let version = 1
  static let tables = "CREATE TABLE things (id INTEGER PRIMARY KEY) STRICT"
  static let handlers = Handlers {
    on(CaseOpened.self) { _, row in
      let isFull = errorCount.withLock { count in
        defer { count = max(0, count - 1) }
        return count > 0
      }
      // SQLITE_FULL
      if isFull { throw SQLiteError(extendedCode: 13, message: "database or disk is full") }
      try row.database.run("INSERT INTO things VALUES (?)", row.position)
    }
  }
}
