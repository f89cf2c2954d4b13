// Which files of read models are believed at the next start: those that the runtime wrote under
// its key over this log, and no other.

import EventLog
import EventSourcing
import Foundation
import Projecting
import RunningRedress
import SQLite
import Synchronization
import Testing

struct `A file that a read model finds` {
  private static let key = ReadModelKey([UInt8](repeating: 7, count: 32))
  private static let otherKey = ReadModelKey([UInt8](repeating: 8, count: 32))

  /// What a runtime said about the files that it opened.
  private final class Said: Sendable {
    private let all = Mutex<[RebuildNeeded]>([])
    var list: [RebuildNeeded] { all.withLock { $0 } }
    func add(_ needed: RebuildNeeded) { all.withLock { $0.append(needed) } }
  }

  private let said = Said()

  private func runtime(
    over redress: RunningRedress, key: ReadModelKey? = Self.key, checkingRows: Bool = true,
    in folder: String = "others"
  ) throws -> ProjectionRuntime {
    try ProjectionRuntime(
      folder: "\(redress.folder)/\(folder)", logFolder: redress.logFolder,
      readModels: [Greetings.self],
      vault: nil, key: key, checkingRows: checkingRows, onRebuild: { [said] in said.add($0) })
  }

  /// The runtime is gone on return, with its connections.
  private func build(over redress: RunningRedress, key: ReadModelKey? = Self.key) throws {
    let runtime = try runtime(over: redress, key: key)
    _ = runtime.catchUp(to: redress.log.durableEnd)
    runtime.stop()
  }

  private func withBuiltModel(
    _ body: (RunningRedress, _ path: String) async throws -> Void
  ) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    try build(over: redress)
    try await body(redress, redress.folder + "/others/Greetings.sqlite")
    redress.stop()
  }

  private func titles(_ runtime: ProjectionRuntime) throws -> [String] {
    try runtime.read(Greetings.self) { try $0.texts("SELECT title FROM greetings ORDER BY title") }
  }

  @Test func `is believed as it was left, also after a rebuild`() async throws {
    try await withBuiltModel { redress, _ in
      let second = try runtime(over: redress)
      #expect(said.list.isEmpty)
      #expect(second.statuses.map(\.checkpoint) == [redress.log.durableEnd])
      _ = try second.rebuild([Greetings.name])
      second.stop()
      let third = try runtime(over: redress)
      #expect(said.list.isEmpty)
      #expect(try !titles(third).isEmpty)
      third.stop()
    }
  }

  @Test(arguments: [
    ("UPDATE greetings SET title = 'Nothing happened'", "has rows that were changed"),
    ("DELETE FROM greetings", "has rows that were changed"),
    ("UPDATE _positions SET next_position = 99", "has rows that were changed"),
    ("UPDATE _projection SET checkpoint = 1", "was sealed by another service, or was changed"),
    ("CREATE TABLE more (id INTEGER)", "was sealed by another service, or was changed"),
    ("UPDATE _seal SET chain = row_sum", "was sealed by another service, or was changed"),
    ("DELETE FROM _seal", "has no seal"), ("DROP TABLE _seal", "has no seal"),
  ])
  func `is made anew after another program changed it`(
    statement: String, reason: String
  ) async throws {
    try await withBuiltModel { redress, path in
      let before = try runtime(over: redress)
      let truth = try titles(before)
      before.stop()
      try Database(path: path, mode: .readWrite).execute(statement)
      let second = try runtime(over: redress)
      #expect(said.list.count == 1 && said.list.allSatisfy(\.isDistrusted))
      #expect(said.list.first?.reason.hasPrefix(reason) == true, "\(said.list)")
      #expect(try titles(second) == [], "nothing of it is served")
      _ = second.catchUp(to: redress.log.durableEnd)
      #expect(try titles(second) == truth)
      second.stop()
    }
  }

  @Test func `is made anew without distrust where it was made before there were seals`()
    async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    try build(over: redress, key: nil)
    let second = try runtime(over: redress)
    #expect(said.list.map(\.reason) == ["was made before files were sealed"])
    #expect(said.list.map(\.isDistrusted) == [false])
    #expect(second.statuses.map(\.isDistrusted) == [false])
    #expect(try titles(second) == [], "nothing of it is served")
    _ = second.catchUp(to: redress.log.durableEnd)
    #expect(try !titles(second).isEmpty)
    second.stop()
    let third = try runtime(over: redress)
    #expect(said.list.count == 1)
    third.stop()
    redress.stop()
  }

  @Test func `is believed where a process was killed while it made the file`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let first = try runtime(over: redress)
    let path = redress.folder + "/others/Greetings.sqlite"
    let file = try Data(contentsOf: URL(filePath: path))
    let journal = try Data(contentsOf: URL(filePath: path + "-wal"))
    // The pages that were written, each with its header, after the journal's own.
    let ends = Array(stride(from: 32, through: journal.count, by: 24 + 4_096))
    #expect(ends.count > 5 && ends.last == journal.count)
    for end in ends {
      let folder = redress.folder + "/killed-\(end)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try file.write(to: URL(filePath: folder + "/Greetings.sqlite"))
      try journal.prefix(end).write(to: URL(filePath: folder + "/Greetings.sqlite-wal"))
      try runtime(over: redress, in: "killed-\(end)").stop()
      #expect(said.list.isEmpty, "after \(end) of \(journal.count) bytes")
    }
    first.stop()
    redress.stop()
  }

  @Test func `is not built on what cannot be removed`() async throws {
    try await withBuiltModel { redress, path in
      let runtime = try runtime(over: redress)
      defer { runtime.stop() }
      let unfinished = path.replacing(".sqlite", with: ".rebuilding")
      try FileManager.default.createDirectory(
        atPath: unfinished, withIntermediateDirectories: false)
      let error = #expect(throws: LogError.self) { try runtime.rebuild([Greetings.name]) }
      guard case .io(operation: "remove", path: unfinished, errno: EISDIR)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `is not believed under another key`() async throws {
    try await withBuiltModel { redress, _ in
      let second = try runtime(over: redress, key: Self.otherKey)
      #expect(said.list.map(\.isDistrusted) == [true])
      second.stop()
    }
  }

  @Test func `is not believed over another history, however long`() async throws {
    try await withBuiltModel { redress, path in
      let other = try RunningRedress()
      defer { other.removeFolder() }
      try await other.prepare()
      for number in 0..<3 {
        _ = try await other.submit(
          "c\(number)", "RegisterCustomer", #"{"customerId":"c\#(number)"}"#)
      }
      let files = FileManager.default
      try files.createDirectory(atPath: other.folder + "/others", withIntermediateDirectories: true)
      try files.copyItem(atPath: path, toPath: other.folder + "/others/Greetings.sqlite")
      let second = try runtime(over: other)
      #expect(said.list.map(\.isDistrusted) == [true])
      #expect(said.list.first?.reason.contains("of another history") == true, "\(said.list)")
      second.stop()
      other.stop()
    }
  }

  @Test func `keeps a seal that does not fit when it is followed unread`() async throws {
    try await withBuiltModel { redress, path in
      try Database(path: path, mode: .readWrite).execute("UPDATE greetings SET title = 'x'")
      _ = try await redress.submit("later", "RegisterCustomer", #"{"customerId":"later"}"#)
      let unread = try runtime(over: redress, checkingRows: false)
      _ = unread.catchUp(to: redress.log.durableEnd)
      unread.stop()
      #expect(said.list.isEmpty)
      let second = try runtime(over: redress)
      #expect(said.list.first?.reason.hasPrefix("has rows that were changed") == true)
      second.stop()
    }
  }
}
