import Cryptography
import EventSourcing
import SQLite
import Testing
import Threading

@testable import LogIndex

/// What the system refuses is tried again: lookups are answered from memory meanwhile, until more
/// waits there than may.
@Suite struct FailingIndexTests {
  private let acme = TenantID(unchecked: "acme")

  private func commits(_ numbers: Range<Int>) -> [IndexedCommit] {
    numbers.map { number in
      IndexedCommit(
        tenant: acme, commandID: CommandID(unchecked: "c\(number)"),
        ordinal: Ordinal(UInt64(number)), firstPosition: Position(UInt64(number)),
        streams: [StreamName("s/\(number % 3)")])
    }
  }

  private func check(_ index: LogIndex, hasCommits count: Int) throws {
    for number in 0..<count {
      let outcome = try index.outcome(of: CommandID(unchecked: "c\(number)"), in: acme)
      #expect(outcome?.firstPosition.value == UInt64(number))
    }
    let positions = try index.events(of: StreamName("s/1"), in: acme).flatMap { run in
      (0..<run.count).map { run.firstPosition.advanced(by: $0).value }
    }
    #expect(positions == (0..<UInt64(count)).filter { $0 % 3 == 1 })
  }

  @Test(.timeLimit(.minutes(1)))
  func `a locked file is written once it is unlocked, and lookups wait only when much waits`()
    throws
  {
    let folder = TemporaryFolder()
    // Whether lookups are refused, for each failure; `nil` for a success.
    let results = Monitor<[Bool?]>([])
    let index = try LogIndex(
      database: try IndexDatabase(path: folder.index), path: folder.index, runWeight: 8,
      rebuild: { _, _, _ in throw IndexError.failed(message: "nothing is damaged") },
      onResult: { error, isRefusing in results.update { $0.append(error.map { _ in isRefusing }) } }
    )
    let other = try Database(path: folder.index, mode: .readWrite)
    try other.execute("BEGIN IMMEDIATE")
    index.add(commits(0..<20), end: Ordinal(20), chain: .zero, limit: 30)
    results.wait(until: { !$0.isEmpty })
    #expect(results.withLock { $0 } == [false])
    try check(index, hasCommits: 20)
    index.add(commits(20..<60), end: Ordinal(60), chain: .zero, limit: 30)
    #expect(throws: IndexError.self) { try check(index, hasCommits: 60) }
    try other.execute("ROLLBACK")
    results.wait(until: { $0.last == .some(nil) })
    try check(index, hasCommits: 60)
    index.close()
    #expect(try IndexDatabase(path: folder.index).end == Ordinal(60))
  }
}
