import EventSourcing
import LogIndex
import SQLite
import Testing

@testable import EventLog

/// An index whose content is wrong leads to errors, never to wrong answers.
@Suite struct WrongIndexTests {
  private let acme = TenantID(unchecked: "acme")

  @Test func `a damaged block is an error that says what to do, never an answer`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    try log.appendAndWait((0..<20).map { .make("acme", at: $0, "c\($0)", ["s/\($0)"]) })
    log.close()
    let database = try Database(path: folder.log + "/index.sqlite", mode: .readWrite)
    try database.execute("UPDATE block SET bytes = zeroblob(length(bytes))")
    let (again, _) = try folder.open()
    defer { again.close() }
    let error = #expect(throws: LogError.self) {
      try again.positions(of: StreamName("s/1"), in: acme)
    }
    #expect("\(try #require(error))".contains("delete index.sqlite"))
  }

  @Test func `a command's outcome is believed only when the line says the same`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    try log.appendAndWait((0..<20).map { .make("acme", at: $0, "c\($0)", ["s/1"]) })
    log.close()
    let database = try IndexDatabase(path: folder.log + "/index.sqlite")
    var entries = IndexEntries()
    entries.add(
      IndexedCommit(
        tenant: acme, commandID: CommandID(unchecked: "other"), ordinal: Ordinal(3),
        firstPosition: Position(3), streams: [StreamName("s/2")]),
      using: IndexKeys())
    try database.add(entries)
    let (again, _) = try folder.open()
    defer { again.close() }
    #expect(try again.outcome(of: CommandID(unchecked: "c3"), in: acme)?.firstPosition.value == 3)
    #expect(throws: LogError.self) {
      try again.outcome(of: CommandID(unchecked: "other"), in: acme)
    }
  }
}
