import EventSourcing
import Foundation
import Testing
import Threading

@testable import EventLog

/// Readers beside a writer.
@Suite struct LiveReaderTests {
  @Test func `readers beside a busy writer see every commit once, in order, and never damage`()
    throws
  {
    let folder = TemporaryFolder()
    var configuration = EventLog.Configuration()
    configuration.segmentLineByteCount = 3_000
    configuration.idleDelay = .milliseconds(1)
    let fileSystem = FaultyFileSystem()
    let (log, _) = try folder.open(configuration, fileSystem: fileSystem)
    let total = 3_000
    let counts = Monitor<[Int]>([])
    let readers = (0..<2).map { _ in
      Thread {
        do {
          let reader = try LogReader(folder: folder.log, verifyingChain: true)
          var count = 0
          while count < total {
            try reader.forEachCommit(upTo: nil) { commit in
              #expect(commit.ordinal.value == UInt64(count))
              count += 1
              return true
            }
          }
          counts.update { $0.append(count) }
        } catch {
          Issue.record(error)
          counts.update { $0.append(0) }
        }
      }
    }
    for reader in readers { reader.start() }
    for index in 0..<total {
      try log.append(.make("acme", at: index, "c\(index)", ["s"])) { _ in }
      guard index % 100 == 0 else { continue }
      log.waitForCommits(after: Ordinal(UInt64(index)))
      fileSystem.waitForMark()
    }
    counts.wait(upTo: .seconds(30), until: { $0.count == readers.count }, then: { _ in })
    #expect(counts.withLock { $0 } == readers.map { _ in total })
    log.close()
  }
}
