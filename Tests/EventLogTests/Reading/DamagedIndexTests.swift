// A damaged index is made anew beside the running log: lookups are refused meanwhile, and nothing
// else is; then they have every commit, those that came meanwhile included.

import EventSourcing
import Foundation
import LogIndex
import Testing
import Threading

@testable import EventLog

struct `An index that turns out to be damaged` {
  private static let tenant = TenantID(unchecked: "acme")

  /// Small runs, so that the file has content while the log is open.
  private static let configuration: EventLog.Configuration = {
    var configuration = EventLog.Configuration.unsealed
    configuration.indexRunEntryCount = 8
    return configuration
  }()

  private func opened(
    _ folder: TemporaryFolder, _ results: Monitor<[String]>
  ) throws -> EventLog {
    try EventLog.open(
      folder: folder.log, configuration: Self.configuration, fileSystem: RealFileSystem(),
      describe: describe, onFailure: { Issue.record($0) },
      onIndex: { error, isRefusing in
        results.update { $0.append(error == nil ? "works" : isRefusing ? "refuses" : "fails") }
      }
    ).log
  }

  private func append(_ numbers: Range<Int>, to log: EventLog) throws {
    for number in numbers {
      try log.appendAndWait([.make("acme", at: number, "c\(number)", ["s/\(number % 5)"])])
    }
  }

  private func check(_ log: EventLog, hasCommits count: Int) throws {
    for stream in 0..<5 {
      let positions = try log.positions(of: StreamName("s/\(stream)"), in: Self.tenant)
      #expect(
        positions.map(\.value) == (0..<UInt64(count)).filter { $0 % 5 == UInt64(stream) })
    }
    for number in 0..<count {
      let outcome = try log.outcome(of: CommandID(unchecked: "c\(number)"), in: Self.tenant)
      #expect(outcome?.firstPosition.value == UInt64(number))
    }
  }

  /// Overwrites all content but the header, as a failing disk may.
  private func damage(_ folder: TemporaryFolder) throws {
    for name in ["index.sqlite", "index.sqlite-wal"]
    where FileManager.default.fileExists(atPath: folder.log + "/" + name) {
      let file = try FileHandle(forUpdating: URL(filePath: folder.log + "/" + name))
      let size = try file.seekToEnd()
      try file.seek(toOffset: min(size, 100))
      try file.write(contentsOf: Data(repeating: 0xAB, count: Int(max(size, 100) - 100)))
      try file.close()
    }
  }

  @Test(.timeLimit(.minutes(1))) func `is made anew while the log goes on`() throws {
    let folder = TemporaryFolder()
    let results = Monitor<[String]>([])
    let first = try opened(folder, results)
    try append(0..<60, to: first)
    // From here on, the file has all of them, and memory none.
    first.close()
    let log = try opened(folder, results)
    try damage(folder)
    var isRefused = false
    for number in 0..<60 {
      if (try? log.outcome(of: CommandID(unchecked: "c\(number)"), in: Self.tenant)) == nil {
        isRefused = true
      }
    }
    try #require(isRefused)
    try append(60..<80, to: log)
    results.wait(until: { $0.last == "works" })
    #expect(results.withLock { $0.first } == "refuses")
    try check(log, hasCommits: 80)
    log.close()
    let again = try folder.open(Self.configuration)
    #expect(again.report.index == .upToDate)
    try check(again.log, hasCommits: 80)
    again.log.close()
  }

  @Test(.timeLimit(.minutes(1))) func `is made anew when its lines say otherwise`() throws {
    let folder = TemporaryFolder()
    let results = Monitor<[String]>([])
    let log = try opened(folder, results)
    try append(0..<30, to: log)
    log.index.discard(because: "it is wrong")
    results.wait(until: { $0.last == "works" })
    try append(30..<40, to: log)
    try check(log, hasCommits: 40)
    log.close()
  }
}
