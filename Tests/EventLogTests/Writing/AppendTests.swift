import EventSourcing
import Foundation
import Testing
import Threading

@testable import EventLog

@Suite struct AppendTests {
  @Test func `what was acknowledged is read back, live, closed and opened again`() throws {
    let folder = TemporaryFolder()
    let acme = TenantID(unchecked: "acme")
    let (log, report) = try folder.open()
    #expect(report == RecoveryReport())
    let appended = try log.appendAndWait([
      .make("acme", at: 0, "c0", ["refund/1", "order/1"]), .make("zeta", at: 0, "c0", ["case/1"]),
      .make("acme", at: 2, "c1", ["refund/1"]),
    ])
    #expect(appended.map(\.ordinal.value) == [0, 1, 2])
    #expect(appended.map(\.firstPosition.value) == [0, 0, 2])
    #expect(log.durableEnd == Ordinal(3))
    #expect(log.nextPosition(of: acme) == Position(3))
    let expected = [
      "0 acme@0 refund/1 c0 x\norder/1 c0 x\n", "1 zeta@0 case/1 c0 x\n",
      "2 acme@2 refund/1 c1 x\n",
    ]
    #expect(try contents(of: folder.log) == expected)
    #expect(try log.positions(of: StreamName("refund/1"), in: acme) == [Position(0), Position(2)])
    log.close()
    #expect(throws: LogError.stopped) {
      try log.append(.make("acme", at: 3, "c2", ["a"])) { _ in }
    }
    #expect(try contents(of: folder.log) == expected)

    let (again, reopened) = try folder.open()
    defer { again.close() }
    #expect(reopened.commits == 3 && reopened.events == 4 && reopened.cut == nil)
    #expect(reopened.index == .upToDate)
    #expect(again.nextPosition(of: acme) == Position(3))
    var lines: [String] = []
    try again.readStream(StreamName("refund/1"), in: acme) { revision, position, line in
      lines.append("\(revision) \(position) \(String(decoding: line, as: UTF8.self))")
    }
    #expect(lines == ["0 0 refund/1 c0 x", "1 2 refund/1 c1 x"])
    let outcome = try again.outcome(of: CommandID(unchecked: "c0"), in: acme)
    #expect(outcome == CommandOutcome(firstPosition: Position(0), eventCount: 2))
    #expect(try again.outcome(of: CommandID(unchecked: "c9"), in: acme) == nil)
  }

  @Test func `a commit must continue its tenant's history and be well formed`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    defer { log.close() }
    let acme = TenantID(unchecked: "acme")
    #expect(throws: LogError.positionGap(tenant: acme, expected: .first, given: Position(1))) {
      try log.append(.make("acme", at: 1, "c", ["a"])) { _ in }
    }
    #expect(throws: LogError.positionGap(tenant: acme, expected: Position(1), given: .first)) {
      try log.append([.make("acme", at: 0, "c", ["a"]), .make("acme", at: 0, "d", ["a"])]) { _ in }
    }
    var commit = Commit.make("acme", at: 0, "c", ["a"])
    commit.lines.removeLast()
    #expect(throws: LogError.self) { try log.append(commit) { _ in } }
    commit = Commit.make("acme", at: 0, "c", ["a", "b"])
    commit.streams.removeLast()
    #expect(throws: LogError.self) { try log.append(commit) { _ in } }
    commit = Commit.make("acme", at: 0, "c", [])
    #expect(throws: LogError.self) { try log.append(commit) { _ in } }
    let long = String(repeating: "x", count: Commit.maximumLineByteCount)
    commit = Commit.make("acme", at: 0, "c", ["a"], text: long)
    #expect(throws: LogError.self) { try log.append(commit) { _ in } }
    #expect(log.nextPosition(of: acme) == .first)
    #expect(log.pendingByteCount == 0)
  }

  @Test func `what queues up while a frame is written goes into one frame, answered in order`()
    throws
  {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    let answers = Monitor<[UInt64]>([])
    let isOpen = Monitor(false)
    // The first callback holds the writer until everything else is queued.
    try log.append(.make("first", at: 0, "c", ["a"])) { _ in
      isOpen.wait(until: { $0 }, then: { _ in })
    }
    log.waitForCommits(after: .first)
    let threads = 8
    let commitsPerThread = 50
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for index in 0..<commitsPerThread {
        try! log.append(.make("t\(thread)", at: index, "c\(index)", ["s/\(index % 3)"])) { done in
          answers.update { $0.append(done.ordinal.value) }
        }
      }
    }
    isOpen.update { $0 = true }
    let total = threads * commitsPerThread
    answers.wait(upTo: .seconds(20), until: { $0.count == total }, then: { _ in })
    #expect(answers.withLock { $0 } == Array(1...UInt64(total)))
    log.close()
    let report = try LogReader.verify(folder: folder.log)
    #expect(report.frames == 2)
    #expect(report.commits == total + 1)
  }

  @Test func `each record says that everything before it was acknowledged`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open(RecoveryTests.unmarked)
    for number in 0..<5 {
      try log.appendAndWait([.make("acme", at: number, "c\(number)", ["refund/1"])])
    }
    log.close()
    var ends: [Ordinal] = []
    try LogSummary.forEachRecord(of: folder.segments[0], in: folder.log) { record in
      #expect(record.durableUpTo == record.firstOrdinal)
      ends.append(record.durableUpTo)
    }
    #expect(ends.map(\.value) == [0, 1, 2, 3, 4, 5])
  }

  /// Each wait begins about when the one before was over, so that some begin at that very moment.
  @Test(.timeLimit(.minutes(2)))
  func `who waits until all is durable is woken, also by what was reached meanwhile`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    let durableAt = Monitor<UInt64>(0)
    var random = SystemRandomNumberGenerator()
    var duration: UInt64 = 0
    for number in 0..<5_000 {
      let begin = DispatchTime.now().uptimeNanoseconds
      try log.append(.make("acme", at: number, "c\(number)", ["a"])) { _ in
        durableAt.update { $0 = DispatchTime.now().uptimeNanoseconds }
      }
      let pause = duration * UInt64.random(in: 80...110, using: &random) / 100
      while DispatchTime.now().uptimeNanoseconds - begin < pause {}
      try log.waitUntilDurable()
      duration = min(1_000_000, durableAt.withLock { $0 } &- begin)
      #expect(log.durableEnd == Ordinal(UInt64(number + 1)))
    }
    log.close()
  }

  @Test func `followers are woken`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    let seen = Monitor<[UInt64]>([])
    let observation = log.onAppend { end in seen.update { $0.append(end.value) } }
    #expect(log.waitForCommits(after: .first, timeout: .milliseconds(10)) == .first)
    try log.append(.make("acme", at: 0, "c", ["a"])) { _ in }
    #expect(log.waitForCommits(after: .first, timeout: .seconds(20)) == Ordinal(1))
    seen.wait(upTo: .seconds(20), until: { !$0.isEmpty }, then: { _ in })
    observation.cancel()
    try log.appendAndWait([.make("acme", at: 1, "d", ["a"])])
    log.close()
    #expect(seen.withLock { $0 } == [1])
    #expect(log.waitForCommits(after: Ordinal(9)) == Ordinal(2))
  }
}
