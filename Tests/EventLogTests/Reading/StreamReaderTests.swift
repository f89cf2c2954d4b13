import EventSourcing
import Foundation
import LogIndex
import Testing
import Threading

@testable import EventLog

/// A stream of a folder is read by the index, with the answer of a reader of the whole log.
@Suite struct StreamReaderTests {
  private let tenants = ["acme", "zeta"]
  private let streams = (0..<5).map { StreamName("refund/\($0)") }

  private func append(_ commits: Range<Int>, to log: EventLog) throws {
    for index in commits {
      let tenant = tenants[index % 2]
      let first = Int(log.nextPosition(of: TenantID(unchecked: tenant)).value)
      try log.appendAndWait([
        .make(
          tenant, at: first, "c\(index)",
          [streams[index % 5].rawValue, streams[index * 7 % 5].rawValue], text: "refund/1 \(index)")
      ])
    }
  }

  /// What a reader of the whole log finds.
  private func scanned(
    _ folder: TemporaryFolder, _ stream: StreamName, _ tenant: TenantID?
  ) throws -> [StreamReader.Event] {
    var events: [StreamReader.Event] = []
    try LogReader(folder: folder.log).forEachCommit(upTo: nil) { commit in
      var position = commit.firstPosition
      try commit.forEachLine { line in
        if try describe(line).0 == stream, tenant ?? commit.tenant == commit.tenant {
          events.append(.init(tenant: commit.tenant, position: position, line: Array(line)))
        }
        position = position.advanced(by: 1)
      }
      return true
    }
    return events.filter { $0.tenant.rawValue == "acme" }
      + events.filter { $0.tenant.rawValue == "zeta" }
  }

  private func sorted(_ events: [StreamReader.Event]) -> [StreamReader.Event] {
    events.filter { $0.tenant.rawValue == "acme" } + events.filter { $0.tenant.rawValue == "zeta" }
  }

  /// - Returns: the index, if it led to all of them.
  @discardableResult
  private func check(_ folder: TemporaryFolder) throws -> StreamReader.Route {
    let reader = StreamReader(folder: folder.log, describe: describe)
    var route = StreamReader.Route.index
    for tenant in [nil, TenantID(unchecked: "acme"), TenantID(unchecked: "absent")] {
      for stream in streams + [StreamName("refund/9"), StreamName("refund")] {
        let found = try reader.events(of: stream, in: tenant)
        #expect(try sorted(found.events) == scanned(folder, stream, tenant))
        if case .scan = found.route { route = found.route }
      }
    }
    return route
  }

  @Test func `of a stopped folder the index leads to every event, and nothing is written`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    try append(0..<60, to: log)
    log.close()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.log).sorted()
    #expect(try check(folder) == .index)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.log).sorted() == names)
  }

  @Test func `events after the end of the index are found in the segments`() throws {
    let folder = TemporaryFolder()
    var (log, _) = try folder.open()
    try append(0..<31, to: log)
    log.close()
    let behind = folder.bytes(of: "index.sqlite")
    (log, _) = try folder.open()
    try append(31..<60, to: log)
    log.close()
    try folder.write(behind, to: "index.sqlite")
    #expect(try check(folder) == .index)
  }

  @Test func `beside a running writer every event is found, stored in the index or not`() throws {
    let folder = TemporaryFolder()
    var configuration = EventLog.Configuration.unsealed
    configuration.indexRunEntryCount = 20
    configuration.segmentLineByteCount = 700
    let (log, _) = try folder.open(configuration)
    for start in stride(from: 0, to: 60, by: 6) {
      try append(start..<start + 6, to: log)
      #expect(try check(folder) == .index)
    }
    log.close()
    #expect(try check(folder) == .index)
  }

  @Test func `a reader beside a busy writer and sealer sees a beginning of each stream`() throws {
    let folder = TemporaryFolder()
    var configuration = EventLog.Configuration()
    configuration.indexRunEntryCount = 50
    configuration.segmentLineByteCount = 2_000
    let (log, _) = try folder.open(configuration)
    try append(0..<10, to: log)
    let isDone = Monitor(false)
    let writer = WorkerThread(name: "writer") { [self] in
      do { try append(10..<400, to: log) } catch { Issue.record(error) }
      isDone.update { $0 = true }
    }
    let reader = StreamReader(folder: folder.log, describe: describe)
    let acme = TenantID(unchecked: "acme")
    var seen: [[StreamReader.Event]] = []
    while !isDone.withLock({ $0 }) {
      seen.append(try reader.events(of: streams[1], in: acme).events)
    }
    writer.join()
    log.close()
    let all = try scanned(folder, streams[1], acme)
    for events in seen { #expect(events == Array(all.prefix(events.count))) }
    #expect(try reader.events(of: streams[1], in: acme).events == all)
  }

  @Test func `sealed segments are read, also where the index ends inside one of their frames`()
    throws
  {
    let folder = TemporaryFolder()
    var configuration = EventLog.Configuration.unsealed
    configuration.segmentLineByteCount = 900
    var (log, _) = try folder.open(configuration)
    try append(0..<31, to: log)
    log.close()
    let behind = folder.bytes(of: "index.sqlite")
    (log, _) = try folder.open(configuration)
    try append(31..<60, to: log)
    log.close()
    try LogSealing.seal(folder: folder.log)
    #expect(try check(folder) == .index)
    try folder.write(behind, to: "index.sqlite")
    #expect(try check(folder) == .index)
  }

  @Test func `without a usable index the whole log is read, with the reason`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    try append(0..<20, to: log)
    log.close()
    let copy = try folder.copy()
    #expect(try check(copy) != .index, "there was no index")
    try copy.write(Array("no database".utf8), to: "index.sqlite")
    #expect(try check(copy) != .index, "it was no index")
    let other = TemporaryFolder()
    let (otherLog, _) = try other.open()
    try append(1..<20, to: otherLog)
    otherLog.close()
    try copy.write(other.bytes(of: "index.sqlite"), to: "index.sqlite")
    #expect(try check(copy) == .scan(reason: "it describes another history"))
  }

  @Test func `a commit is found by any of its positions, with and without the index`() throws {
    let folder = TemporaryFolder()
    var configuration = EventLog.Configuration.unsealed
    configuration.segmentLineByteCount = 700
    let (log, _) = try folder.open(configuration)
    try append(0..<30, to: log)
    log.close()
    let reader = StreamReader(folder: folder.log, describe: describe)
    func checkCommits() throws {
      try LogReader(folder: folder.log).forEachCommit(upTo: nil) { commit in
        var lines: [[UInt8]] = []
        commit.forEachLine { lines.append(Array($0)) }
        for index in lines.indices {
          let position = commit.firstPosition.advanced(by: index)
          let found = try reader.commit(at: position, in: commit.tenant)
          #expect(found.map(\.line) == lines)
          #expect(found.first?.position == commit.firstPosition)
          #expect(try reader.commit(at: position).filter { $0.tenant == commit.tenant } == found)
        }
        return true
      }
      #expect(try reader.commit(at: Position(1_000)) == [])
      #expect(try reader.commit(at: .first, in: TenantID(unchecked: "absent")) == [])
    }
    try checkCommits()
    try FileManager.default.removeItem(atPath: folder.log + "/index.sqlite")
    try checkCommits()
  }

  @Test func `several streams are found at once, with and without the index`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    try append(0..<40, to: log)
    log.close()
    let reader = StreamReader(folder: folder.log, describe: describe)
    let acme = TenantID(unchecked: "acme")
    let names = Set(streams.prefix(3) + [StreamName("refund/9")])
    let expected = try Dictionary(
      uniqueKeysWithValues: streams.prefix(3).map { ($0, try scanned(folder, $0, acme)) })
    #expect(try reader.events(of: names, in: acme) == (expected, .index))
    try FileManager.default.removeItem(atPath: folder.log + "/index.sqlite")
    let found = try reader.events(of: names, in: acme)
    #expect(found.events == expected && found.route != .index)
  }

  @Test func `an entry that leads to another stream's line is not believed`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    try append(0..<20, to: log)
    log.close()
    do {
      var entries = IndexEntries()
      let wrong = IndexedCommit(
        tenant: TenantID(unchecked: "acme"), commandID: CommandID(unchecked: "c99"),
        ordinal: Ordinal(2), firstPosition: Position(3), streams: [streams[0]])
      entries.add(wrong, using: IndexKeys())
      try IndexDatabase(path: folder.log + "/index.sqlite").add(entries)
    }
    #expect(try check(folder) != .index, "it was believed")
  }

  @Test func `damage of the log is reported, also where the index leads around it`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    try append(0..<20, to: log)
    log.close()
    var bytes = folder.bytes(of: folder.segments[0])
    bytes[bytes.count / 3] ^= 1
    try folder.write(bytes, to: folder.segments[0])
    let reader = StreamReader(folder: folder.log, describe: describe)
    #expect(throws: LogError.self) {
      for stream in streams { _ = try reader.events(of: stream) }
    }
  }
}
