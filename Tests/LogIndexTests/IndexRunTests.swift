import Cryptography
import EventSourcing
import Foundation
import SQLite
import SeededRandom
import Testing

@testable import LogIndex

/// Sorted runs, their merges, and what they certainly do not hold.
@Suite struct IndexRunTests {
  private let keys = IndexKeys()
  private let acme = TenantID(unchecked: "acme")

  /// Commits of one tenant, each of one or two of a hundred streams.
  private func commits(_ count: Int, seed: UInt64) -> [(commit: KeyedCommit, streams: [String])] {
    var generator = SplitMix64(seed: seed)
    var position: UInt64 = 0
    return (0..<count).map { ordinal in
      let streams = (0...Int.random(in: 0...1, using: &generator)).map { _ in
        "s/\(Int.random(in: 0..<100, using: &generator))"
      }
      defer { position += UInt64(streams.count) }
      let commit = IndexedCommit(
        tenant: acme, commandID: CommandID(unchecked: "c\(ordinal)"),
        ordinal: Ordinal(UInt64(ordinal)), firstPosition: Position(position),
        streams: streams.map { StreamName($0) })
      return (KeyedCommit(commit, using: keys), streams)
    }
  }

  private func check(_ reader: IndexReader, has commits: [(commit: KeyedCommit, streams: [String])])
    throws
  {
    var expected: [String: [UInt64]] = [:]
    for (commit, streams) in commits {
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
      let positions = runs.flatMap { run in
        (0..<run.count).map { run.firstPosition.value + UInt64($0) }
      }
      #expect(positions == expected[stream.rawValue] ?? [])
    }
    #expect(try reader.outcome(of: keys.command(CommandID(unchecked: "none"), in: acme)) == nil)
  }

  @Test(arguments: 1...4)
  func `every entry is found after any merges and reopenings`(seed: UInt64)
    throws
  {
    print("index run seed \(seed)")
    let folder = TemporaryFolder()
    let path = folder.index
    var generator = SplitMix64(seed: seed)
    let commits = commits(3_000, seed: seed)
    var database = try IndexDatabase(path: path)
    var entries = IndexEntries()
    for (number, (commit, _)) in commits.enumerated() {
      entries.add(commit)
      entries.reach(Ordinal(UInt64(number + 1)), chain: .zero)
      guard Int.random(in: 0..<10, using: &generator) == 0 else { continue }
      try database.add(entries)
      entries = IndexEntries()
      if !database.isTidy && Bool.random(using: &generator) { try database.tidy() }
      if Int.random(in: 0..<20, using: &generator) == 0 { database = try IndexDatabase(path: path) }
      #expect(database.end == Ordinal(UInt64(number + 1)))
    }
    try database.add(entries)
    try check(IndexReader(path: path, runs: database.runs), has: commits)
    while !database.isTidy { try database.tidy() }
    #expect(database.runs.count < 3 * IndexDatabase.mergedRunCount)
    let blocks = try database.database.row("SELECT count(*) FROM block") { $0.int(0) }
    #expect(blocks == database.runs.reduce(0) { $0 + $1.blockCount }, "none is left behind")
    database = try IndexDatabase(path: path)
    try check(IndexReader(path: path, runs: database.runs), has: commits)
  }

  @Test func `of a stream's snapshots the newest is found, merged or not`() throws {
    let folder = TemporaryFolder()
    let path = folder.index
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
}
