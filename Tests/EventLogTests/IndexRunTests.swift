import Cryptography
import EventSourcing
import Foundation
import SQLite
import SeededRandom
import Testing

@testable import EventLog

/// Sorted runs, their merges, and what they certainly do not hold.
@Suite struct IndexRunTests {
  private let keys = IndexKeys()
  private let acme = TenantID(unchecked: "acme")

  /// Commits of one tenant, each of one or two of a hundred streams.
  private func frames(_ count: Int, seed: UInt64) -> [(frame: IndexFrame, streams: [String])] {
    var generator = SplitMix64(seed: seed)
    var position: UInt64 = 0
    return (0..<count).map { ordinal in
      let streams = (0...Int.random(in: 0...1, using: &generator)).map { _ in
        "s/\(Int.random(in: 0..<100, using: &generator))"
      }
      defer { position += UInt64(streams.count) }
      let end = Ordinal(UInt64(ordinal + 1))
      let commit = IndexFrame.Commit(
        ordinal: Ordinal(UInt64(ordinal)), firstPosition: Position(position),
        command: keys.command(CommandID(unchecked: "c\(ordinal)"), in: acme),
        streams: streams.map { keys.stream(StreamName($0), in: acme) })
      return (IndexFrame(commits: [commit], end: end, chain: .zero), streams)
    }
  }

  private func check(_ reader: IndexReader, has frames: [(frame: IndexFrame, streams: [String])])
    throws
  {
    var expected: [String: [UInt64]] = [:]
    for (frame, streams) in frames {
      let commit = frame.commits[0]
      for (index, stream) in streams.enumerated() {
        expected[stream, default: []].append(commit.firstPosition.value + UInt64(index))
      }
      let outcome = try reader.outcome(of: commit.command)
      #expect(outcome?.ordinal == commit.ordinal)
      #expect(outcome?.firstPosition == commit.firstPosition)
      #expect(outcome?.count == streams.count)
    }
    for number in 0..<100 {
      let stream = StreamName("s/\(number)")
      let runs = try reader.events(of: keys.stream(stream, in: acme))
      #expect(
        StoredStream(stream, in: acme, runs: runs).positions.map(\.value)
          == expected[stream.rawValue] ?? [])
    }
    #expect(try reader.outcome(of: keys.command(CommandID(unchecked: "none"), in: acme)) == nil)
  }

  @Test(arguments: 1...4)
  func `whatever was merged, and however often it was opened, everything is found`(seed: UInt64)
    throws
  {
    print("index run seed \(seed)")
    let folder = TemporaryFolder()
    let path = folder.path + "/index.sqlite"
    var generator = SplitMix64(seed: seed)
    let frames = frames(3_000, seed: seed)
    var database = try IndexDatabase(path: path)
    var entries = IndexEntries()
    for (number, (frame, _)) in frames.enumerated() {
      entries.add(frame)
      guard Int.random(in: 0..<10, using: &generator) == 0 else { continue }
      try database.add(entries)
      entries = IndexEntries()
      if !database.isTidy && Bool.random(using: &generator) { try database.tidy() }
      if Int.random(in: 0..<20, using: &generator) == 0 { database = try IndexDatabase(path: path) }
      #expect(database.end == Ordinal(UInt64(number + 1)))
    }
    try database.add(entries)
    try check(IndexReader(path: path, runs: database.runs), has: frames)
    while !database.isTidy { try database.tidy() }
    #expect(database.runs.count < 3 * IndexDatabase.mergedRunCount)
    let blocks = try database.database.row("SELECT count(*) FROM block") { $0.int(0) }
    #expect(blocks == database.runs.reduce(0) { $0 + $1.blockCount }, "none is left behind")
    database = try IndexDatabase(path: path)
    try check(IndexReader(path: path, runs: database.runs), has: frames)
  }

  @Test func `of a stream's snapshots the newest is found, merged or not`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/index.sqlite"
    let database = try IndexDatabase(path: path)
    let key = keys.snapshot(of: StreamName("s/1"), in: acme)
    for number in 1...40 {
      var entries = IndexEntries()
      let snapshot = IndexedSnapshot(
        eventCount: number, lastPosition: Position(UInt64(number - 1)),
        state: { [UInt8(number), 7] })
      entries.keep(snapshot, under: key)
      try database.add(entries)
      if number % 3 == 0 { while !database.isTidy { try database.tidy() } }
      let found = try IndexReader(path: path, runs: database.runs).snapshot(under: key)
      #expect(found?.eventCount == number)
      #expect(found?.state() == [UInt8(number), 7])
    }
  }

  @Test func `a filter never denies what was added, and denies nearly everything else`() throws {
    var filter = BloomFilter(keyCount: 5_000)
    func key(_ number: Int) -> BloomFilter.Key {
      keys.command(CommandID(unchecked: "c\(number)"), in: acme).filterKey
    }
    for number in 0..<5_000 { filter.add(key(number)) }
    let stored = try #require(filter.bytes.withBytes { BloomFilter(bytes: $0) })
    #expect((0..<5_000).allSatisfy { stored.mayHold(key($0)) })
    #expect((5_000..<15_000).count { stored.mayHold(key($0)) } < 200)
  }

  @Test func `a stream, a command and a snapshot of one name have three keys`() {
    let name = "refund/1"
    let all = [
      keys.stream(StreamName(name), in: acme), keys.snapshot(of: StreamName(name), in: acme),
      keys.command(CommandID(unchecked: name), in: acme),
      keys.stream(StreamName("e/1"), in: TenantID(unchecked: "refund")),
      keys.stream(StreamName("1"), in: TenantID(unchecked: "acme/refund")),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test func `every changed byte of a block is found`() throws {
    var block = IndexBlockWriter()
    for number in 0..<5 {
      [UInt8(number), 9].withBytes { block.add(IndexKey(high: UInt64(number), low: 4), $0) }
    }
    block.seal()
    let good = block.bytes
    for offset in good.indices {
      var bad = good
      bad[offset] ^= 0x40
      #expect(throws: IndexDamage.self) {
        try bad.withBytes { _ = try IndexBlockReader($0) }
      }
    }
  }

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
      IndexFrame.Commit(
        ordinal: Ordinal(3), firstPosition: Position(3),
        command: keys.command(CommandID(unchecked: "other"), in: acme),
        streams: [
          keys.stream(StreamName("s/2"), in: acme)
        ]))
    try database.add(entries)
    let (again, _) = try folder.open()
    defer { again.close() }
    #expect(try again.outcome(of: CommandID(unchecked: "c3"), in: acme)?.firstPosition.value == 3)
    #expect(throws: LogError.self) {
      try again.outcome(of: CommandID(unchecked: "other"), in: acme)
    }
  }
}
