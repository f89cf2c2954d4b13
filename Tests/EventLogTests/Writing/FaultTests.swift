import EventSourcing
import Foundation
import Testing
import Threading

@testable import EventLog

/// Every changing call fails once, in every way; then the folder is opened again with a disk that
/// works.
@Suite struct FaultTests {
  private struct Run {
    var acknowledged: [UInt64]
    var failures: [LogError]
    var isOpened: Bool
  }

  /// Appends commits, one frame each, until something fails.
  private func run(_ folder: TemporaryFolder, _ fileSystem: FaultyFileSystem) throws -> Run {
    let acknowledged = Monitor<[UInt64]>([])
    let failures = Monitor<[LogError]>([])
    var configuration = SegmentTests.tiny
    configuration.segmentLineByteCount = 30
    configuration.idleDelay = .milliseconds(1)
    let log: EventLog
    do {
      log = try EventLog.open(
        folder: folder.log, configuration: configuration, fileSystem: fileSystem,
        describe: describe, onFailure: { error in failures.update { $0.append(error) } }
      ).log
    } catch { return Run(acknowledged: [], failures: [error], isOpened: false) }
    let first = Int(log.nextPosition(of: TenantID(unchecked: "acme")).value)
    for index in first..<first + 5 {
      do {
        try log.append(.make("acme", at: index, "c\(index)", ["refund/\(index)"])) { done in
          acknowledged.update { $0.append(done.ordinal.value) }
        }
      } catch {
        #expect(error == .stopped)
        break
      }
      log.waitForCommits(after: Ordinal(UInt64(index)))
      if index == first + 2 { fileSystem.waitForMark() }
    }
    log.close()
    return Run(
      acknowledged: acknowledged.withLock { $0 }, failures: failures.withLock { $0 }, isOpened: true
    )
  }

  @Test(arguments: FaultyFileSystem.Fault.allCases)
  func `after any failure nothing acknowledged is lost, and nothing in doubt was acknowledged`(
    fault: FaultyFileSystem.Fault
  ) throws {
    var failingCall = 0
    while true {
      let folder = TemporaryFolder()
      // A log with a history, so that opening has something to do as well.
      let (log, _) = try folder.open(RecoveryTests.unmarked)
      try log.appendAndWait([.make("acme", at: 0, "c0", ["refund/0"])])
      let killed = try folder.copy()
      log.close()

      let fileSystem = FaultyFileSystem(failingCall: failingCall, fault)
      let run = try run(killed, fileSystem)
      let isFaultless = fileSystem.callCount <= failingCall
      #expect(run.failures.count == (isFaultless ? 0 : 1), "call \(failingCall)")
      if run.isOpened, case .notDurable? = run.failures.first {
      } else if run.isOpened {
        #expect(run.failures.isEmpty)
      }
      let (again, report) = try killed.open()
      #expect(report.commits >= 1 + run.acknowledged.count, "call \(failingCall)")
      #expect(report.commits <= 2 + run.acknowledged.count, "call \(failingCall)")
      #expect(run.acknowledged == (0..<run.acknowledged.count).map { UInt64($0 + 1) })
      let next = report.commits
      try again.appendAndWait([.make("acme", at: next, "new", ["refund/0"])])
      again.close()
      let texts = try contents(of: killed.log)
      #expect(texts.count == next + 1)
      if isFaultless { break }
      failingCall += 1
    }
    #expect(failingCall > 15)
  }
}
