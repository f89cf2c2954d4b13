import Cryptography
import EventSourcing
import Foundation
import Testing

@testable import LogIndex

/// The index of a folder, read beside its writer and without one.
@Suite struct StoredIndexTests {
  private let acme = TenantID(unchecked: "acme")
  private let stream = StreamName("refund/1")

  private func entries(_ ordinals: Range<UInt64>) -> IndexEntries {
    var entries = IndexEntries()
    for ordinal in ordinals {
      entries.add(
        IndexedCommit(
          tenant: acme, commandID: CommandID(unchecked: "c\(ordinal)"), ordinal: Ordinal(ordinal),
          firstPosition: Position(ordinal), streams: [stream]),
        using: IndexKeys())
    }
    entries.reach(Ordinal(ordinals.upperBound), chain: .zero)
    return entries
  }

  @Test func `a stored index is read without leaving a file behind`() throws {
    let folder = TemporaryFolder()
    do { try IndexDatabase(path: folder.index).add(entries(0..<3)) }
    #expect(folder.names == ["index.sqlite"])
    let index = try StoredIndex(path: folder.index)
    #expect(index.end == Ordinal(3))
    #expect(try index.events(of: stream, in: acme).map(\.firstPosition.value) == [0, 1, 2])
    #expect(try index.events(of: StreamName("refund/2"), in: acme).isEmpty)
    #expect(folder.names == ["index.sqlite"])
  }

  @Test func `beside a writer it stays at the moment of its opening, whatever is merged`() throws {
    let folder = TemporaryFolder()
    let database = try IndexDatabase(path: folder.index)
    for ordinal in 0..<8 { try database.add(entries(UInt64(ordinal)..<UInt64(ordinal + 1))) }
    let index = try StoredIndex(path: folder.index)
    while !database.isTidy { try database.tidy() }
    try database.add(entries(8..<20))
    #expect(index.end == Ordinal(8))
    #expect(try index.events(of: stream, in: acme).map(\.firstPosition.value) == Array(0..<8))
    #expect(try StoredIndex(path: folder.index).end == Ordinal(20))
  }

  @Test func `when a writer comes while it is read without protection, it says so`() throws {
    let folder = TemporaryFolder()
    do { try IndexDatabase(path: folder.index).add(entries(0..<3)) }
    let index = try StoredIndex(path: folder.index)
    let database = try IndexDatabase(path: folder.index)
    try database.add(entries(3..<4))
    #expect(throws: IndexError.self) { try index.events(of: stream, in: acme) }
  }

  @Test func `a missing file and a file of another kind are errors`() throws {
    let folder = TemporaryFolder()
    #expect(throws: IndexError.self) { try StoredIndex(path: folder.index) }
    try "no database".write(toFile: folder.index, atomically: true, encoding: .utf8)
    #expect(throws: IndexError.self) { try StoredIndex(path: folder.index) }
    #expect(folder.names == ["index.sqlite"])
  }
}
