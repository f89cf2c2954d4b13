// A segment that vanishes under a running log stops it: nothing that is written into a file without
// a name is acknowledged.

import EventSourcing
import Foundation
import Testing
import Threading

@testable import EventLog

struct `A segment that vanishes` {
  private static let segment = "/00000000000000000000.zst"

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func `stops the log before anything is acknowledged`(isReplaced: Bool) throws {
    let folder = TemporaryFolder()
    let failures = Monitor<[LogError]>([])
    let (log, _) = try folder.open(onFailure: { error in failures.update { $0.append(error) } })
    try log.appendAndWait([.make("acme", at: 0, "c0", ["s"])])
    let watch = SegmentWatch(of: log)
    try watch.check()
    let path = folder.log + Self.segment
    let bytes = folder.bytes(of: String(Self.segment.dropFirst()))
    try folder.remove(String(Self.segment.dropFirst()))
    if isReplaced { try folder.write(bytes, to: String(Self.segment.dropFirst())) }
    #expect(throws: LogError.vanished(path: path)) { try watch.check() }
    let acknowledged = Monitor(0)
    try log.append(.make("acme", at: 1, "c1", ["s"])) { _ in acknowledged.update { $0 += 1 } }
    failures.wait(until: { !$0.isEmpty })
    #expect(failures.withLock { $0 } == [.vanished(path: path)])
    #expect(acknowledged.withLock { $0 } == 0)
    log.close()
  }
}
