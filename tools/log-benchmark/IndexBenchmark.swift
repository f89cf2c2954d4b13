// The index alone, without a log: loads the entries of many commits and looks some of them up.
// tools/benchmarks/index.py runs it beside a plain SQLite table and LMDB.

import Cryptography
import EventSourcing
import Foundation
import LogIndex
import SeededRandom

enum IndexBenchmark {
  private static let acme = TenantID("acme")!

  /// Each commit has one event; streams get theirs in random order.
  static func run(file: String, eventCount: Int, streamCount: Int, lookupCount: Int) throws {
    var random = SplitMix64(seed: 1)
    let index = try LogIndex(
      database: try IndexDatabase(path: file), path: file, runWeight: 100_000,
      rebuild: { _, _, _ in fatalError("the index is damaged") })
    let start = processorSeconds()
    var commits: [IndexedCommit] = []
    for ordinal in 0..<eventCount {
      commits.append(
        IndexedCommit(
          tenant: acme, commandID: command(ordinal), ordinal: Ordinal(UInt64(ordinal)),
          firstPosition: Position(UInt64(ordinal)),
          streams: [stream(Int(random.next() % UInt64(streamCount)))]))
      if commits.count == 200 || ordinal == eventCount - 1 {
        let end = Ordinal(UInt64(ordinal + 1))
        index.add(commits, end: end, chain: .zero, limit: 200_000)
        commits = []
      }
    }
    index.close()
    report("load", eventCount, since: start)
    try lookUp(file: file, eventCount, streamCount, lookupCount)
  }

  private static func lookUp(
    file: String, _ eventCount: Int, _ streamCount: Int, _ lookupCount: Int
  ) throws {
    var random = SplitMix64(seed: 2)
    let index = try LogIndex(
      database: try IndexDatabase(path: file), path: file, runWeight: 100_000,
      rebuild: { _, _, _ in fatalError("the index is damaged") })
    var start = processorSeconds()
    var found = 0
    for _ in 0..<lookupCount {
      let number = Int(random.next() % UInt64(streamCount))
      found += try index.events(of: stream(number), in: acme).count
    }
    report("streams", lookupCount, since: start)
    start = processorSeconds()
    for _ in 0..<lookupCount {
      let number = Int(random.next() % UInt64(eventCount))
      found += try index.outcome(of: command(number), in: acme)?.count ?? 0
    }
    report("commands", lookupCount, since: start)
    start = processorSeconds()
    for number in eventCount..<eventCount + lookupCount {
      found += try index.outcome(of: command(number), in: acme)?.count ?? 0
    }
    report("new commands", lookupCount, since: start)
    index.close()
    precondition(found > lookupCount, "\(found) found")
  }

  private static func stream(_ number: Int) -> StreamName { StreamName("refund/srf_\(number)") }

  private static func command(_ number: Int) -> CommandID { CommandID(unchecked: "cmd-\(number)") }

  private static func report(_ what: String, _ count: Int, since start: Double) {
    print("\(what): \(Int(Double(count) / (processorSeconds() - start)))")
  }

  /// The time that all threads of this process have run.
  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
