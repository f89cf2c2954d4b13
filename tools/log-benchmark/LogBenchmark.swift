// How the storage engine behaves at size: writes a synthetic log directly through EventLog, opens
// it, and loads streams from it. Not part of the service.

import EventLog
import EventSourcing
import Foundation
import Node
import PersonalData
import SeededRandom

@main
enum LogBenchmark {
  static let help = """
    usage: log-benchmark write FOLDER [--events N] [--streams N] [--tenants N] [--open N] [--kill]
           log-benchmark shops FOLDER [--events N] [--tenants N] [--open N]
           log-benchmark seal FOLDER [--frame BYTES]
           log-benchmark index FILE [--events N] [--streams N] [--loads N]
           log-benchmark stream FOLDER [--loads N] [--events N] [--streams N] [--tenants N]
           log-benchmark open FOLDER [--loads N] [--events N] [--streams N] [--tenants N] [--kill]
           log-benchmark open FOLDER --shops [--loads N] [--events N] [--tenants N] [--seed N]

      write   makes a log of N events (1000000) on N streams (events / 10) of N tenants (1000), of
              which N streams (20000) get events at the same time; with --kill the process kills
              itself at the end instead of closing the log
      shops   makes a log that `redress serve` accepts: about N events, of N tenants (1000), with N
              (20000) lives of orders going on at the same time
      seal    seals all full segments
      index   makes an index of N events on N streams, and looks up N streams and commands
      stream  reads N random streams of a log that is not open, each as a process of its own would
      open    opens the log, loads N random streams (1000), closes it; --events, --streams and
              --tenants as it was written; with --kill it appends some commits and kills itself;
              with --shops it is a history that `shops` wrote
    """

  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String, _ standard: Int) -> Int {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return standard
      }
      let value = Int(arguments[index + 1])
      arguments.removeSubrange(index...index + 1)
      return value ?? standard
    }
    let events = option("--events", 1_000_000)
    let history = SyntheticHistory(
      eventCount: events, streamCount: option("--streams", events / 10),
      tenantCount: option("--tenants", 1000), openStreamCount: option("--open", 20_000))
    let loads = option("--loads", 1000)
    var configuration = EventLog.Configuration()
    let frame = option("--frame", configuration.sealedFrameLineByteCount)
    configuration.sealedFrameLineByteCount = frame
    configuration.isSealing = false
    guard arguments.count >= 2 else { return print(help) }
    let folder = arguments[1]
    switch arguments[0] {
    case "write":
      try write(history, to: folder, configuration, isKilled: arguments.contains("--kill"))
    case "shops":
      let shops = ShopHistory(
        eventCount: events, tenantCount: history.tenants.count,
        openLifeCount: option("--open", 20_000))
      try write(shops, to: folder, configuration)
    case "seal": try seal(folder, configuration)
    case "stream":
      try readStreams(of: folder, history, loads: loads)
    case "index":
      try IndexBenchmark.run(
        file: folder, eventCount: events, streamCount: history.pairCount * 2, lookupCount: loads)
    case "open" where arguments.contains("--shops"):
      let log = try openedShops(folder, configuration)
      try load(
        ShopHistory.streams(eventCount: events, tenantCount: history.tenants.count), loads,
        option("--seed", 7), from: log)
      log.close()
    case "open":
      try open(
        folder, configuration, history, loads: loads, isKilled: arguments.contains("--kill"))
    default: print(help)
    }
  }

  private static func write(
    _ history: SyntheticHistory, to folder: String, _ configuration: EventLog.Configuration,
    isKilled: Bool
  ) throws {
    let log = try opened(folder, configuration)
    var history = history
    let start = ContinuousClock.now
    var batch: [Commit] = []
    while let commit = history.next() {
      batch.append(commit)
      if batch.count == 200 {
        try log.append(batch) { _ in }
        batch = []
      }
    }
    try log.append(batch) { _ in }
    log.waitForCommits(after: Ordinal(UInt64(history.commitCount - 1)))
    if isKilled {
      report("written in", since: start)
      kill(getpid(), SIGKILL)
    }
    log.close()
    report("written in", since: start)
  }

  private static func write(
    _ shops: ShopHistory, to folder: String, _ configuration: EventLog.Configuration
  ) throws {
    let vault = PersonalVault(inMemory: KeysInMemory())
    let log = try openedShops(folder, configuration)
    let start = ContinuousClock.now
    let refused = ShopHistory.write(shops, to: log, vault: vault)
    report("written, \(refused) refused, in", since: start)
  }

  private static func seal(_ folder: String, _ configuration: EventLog.Configuration) throws {
    let start = ContinuousClock.now
    var (lines, bytes) = (0, 0)
    try LogSealing.seal(folder: folder, configuration: configuration) { report in
      lines += report.lineByteCount
      bytes += report.byteCount
    }
    report("sealed \(lines) bytes of lines as \(bytes) in", since: start)
  }

  private static func open(
    _ folder: String, _ configuration: EventLog.Configuration, _ history: SyntheticHistory,
    loads: Int, isKilled: Bool
  ) throws {
    let log = try opened(folder, configuration)
    try load(
      { random in
        let pair = Int(random.next() % UInt64(history.pairCount))
        return (history.tenant(of: pair), SyntheticHistory.stream(pair))
      }, loads, 7, from: log)
    if isKilled { try appendSomeAndDie(log) }
    let start = ContinuousClock.now
    log.close()
    report("closed in", since: start)
  }

  /// Loads some streams, each chosen by the numbers it is given.
  private static func load(
    _ choose: (inout SplitMix64) -> (TenantID, StreamName), _ count: Int, _ seed: Int,
    from log: EventLog
  ) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var times: [Duration] = []
    var (eventCount, snapshotCount) = (0, 0)
    for _ in 0..<count {
      let (tenant, name) = choose(&random)
      let start = ContinuousClock.now
      let stream = try log.stream(name, in: tenant)
      let first = Revision(UInt64(stream.snapshot?.eventCount ?? 0))
      _ = try log.readEvents(of: stream, from: first) { _, _, _ in eventCount += 1 }
      times.append(ContinuousClock.now - start)
      snapshotCount += stream.snapshot == nil ? 0 : 1
    }
    times.sort()
    guard let last = times.last else { return }
    report(
      "loaded \(count) streams, \(snapshotCount) of them with a snapshot, and \(eventCount) "
        + "events: median \(times[count / 2]), "
        + "p99 \(times[count * 99 / 100]), slowest \(last);", since: nil)
  }

  /// Reads streams of a log that is not open, as `redress explain` does.
  private static func readStreams(
    of folder: String, _ history: SyntheticHistory, loads: Int
  ) throws {
    var random = SplitMix64(seed: 7)
    var times: [Duration] = []
    for _ in 0..<loads {
      let pair = Int(random.next() % UInt64(history.pairCount))
      let start = ContinuousClock.now
      let found = try StreamReader(folder: folder, describe: describeSynthetic)
        .events(of: SyntheticHistory.stream(pair))
      times.append(ContinuousClock.now - start)
      guard found.route == .index else { fatalError("\(found.route)") }
    }
    times.sort()
    print("read \(loads) streams: median \(times[loads / 2]), slowest \(times[loads - 1])")
  }

  private static func appendSomeAndDie(_ log: EventLog) throws {
    let tenant = TenantID("late")!
    var line = #"{"subject":"late/1","commandid":"late"}"#
    line += "\n"
    for _ in 0..<10_000 {
      let position = log.nextPosition(of: tenant)
      try log.append(
        Commit(
          tenant: tenant, commandID: CommandID("late-\(position)")!, firstPosition: position,
          lines: Array(line.utf8), streams: [StreamName("late/1")])
      ) { done in
        if done.firstPosition.value % 10_000 == 9_999 { kill(getpid(), SIGKILL) }
      }
      if position.value % 10 == 9 { log.waitForCommits(after: log.durableEnd) }
    }
    log.waitForCommits(after: Ordinal(.max))
  }

  /// Opens the log of a history of shops.
  private static func openedShops(
    _ folder: String, _ configuration: EventLog.Configuration
  ) throws -> EventLog {
    try opened {
      try WriteSide.openLog(
        folder: folder, configuration: configuration, fileSystem: RealFileSystem(),
        onFailure: { fatalError("\($0)") })
    }
  }

  /// Opens the log of a synthetic history, without a write side: its lines are not events.
  private static func opened(
    _ folder: String, _ configuration: EventLog.Configuration
  ) throws -> EventLog {
    try opened {
      try EventLog.open(
        folder: folder, configuration: configuration, describe: describeSynthetic,
        onFailure: { fatalError("\($0)") })
    }
  }

  private static func opened(
    by open: () throws -> (log: EventLog, report: RecoveryReport)
  ) throws -> EventLog {
    let start = ContinuousClock.now
    let (log, recovery) = try open()
    print(recovery)
    report("opened in", since: start)
    return log
  }

  private static func report(_ text: String, since start: ContinuousClock.Instant?) {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let memory = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "VmHWM unknown"
    let time = start.map { "\(text) \(ContinuousClock.now - $0); " } ?? text + " "
    print("\(time)\(memory.replacing("\t", with: " "))")
  }
}
