// The store alone: so many writers, each of which appends its next commit when its last one is
// durable.

import Dispatch
import EventLog
import EventSourcing
import Glibc
import Node
import Synchronization

/// `log folder= events= writers= commits=`
func benchmarkLog(_ options: inout Options) throws {
  let commands = RecordedCommand.read(options.text("events"))
  let writerCount = options.number("writers")
  let commitCount = options.number("commits")
  let (log, _) = try openLog(options.text("folder"))
  let tenant = TenantID(unchecked: tenantName)
  var position = log.nextPosition(of: tenant)
  let prepared = (0..<commitCount).map { index in
    let command = commands[index % commands.count]
    defer { position = position.advanced(by: command.events.count) }
    return Commit(
      tenant: tenant, commandID: CommandID(unchecked: "\(command.id)-\(index / commands.count)"),
      firstPosition: position, lines: command.events.flatMap { $0.json + [UInt8(ascii: "\n")] },
      streams: command.events.map { StreamName($0.stream) })
  }
  let done = DurableCommits()
  let start = seconds()
  var starts = [Double](repeating: 0, count: commitCount)
  var latencies = Latencies()
  var next = 0
  var finished = 0
  while finished < commitCount {
    while next < commitCount, next - finished < writerCount {
      starts[next] = seconds()
      let index = next
      try log.append(prepared[index]) { _ in done.add(index) }
      next += 1
    }
    for index in done.take() {
      latencies.add(seconds() - starts[index])
      finished += 1
    }
  }
  let time = seconds() - start
  log.close()
  let eventCount = prepared.reduce(0) { $0 + $1.eventCount }
  print(
    #"{"seconds":\#(time),"perSecond":\#(Double(commitCount) / time),"#
      + #""eventsPerSecond":\#(Double(eventCount) / time),\#(latencies.json())}"#)
}

func openLog(_ folder: String, isSealing: Bool = true) throws -> (EventLog, RecoveryReport) {
  var configuration = EventLog.Configuration()
  configuration.isSealing = isSealing
  return try WriteSide.openLog(
    folder: folder, configuration: configuration, fileSystem: RealFileSystem(),
    onFailure: { fail("\($0)") })
}

/// The commits that became durable and that are not counted yet.
private final class DurableCommits: Sendable {
  private let indices = Mutex<[Int]>([])
  private let arrived = DispatchSemaphore(value: 0)

  func add(_ index: Int) {
    let isFirst = indices.withLock { indices in
      indices.append(index)
      return indices.count == 1
    }
    if isFirst { arrived.signal() }
  }

  func take() -> [Int] {
    arrived.wait()
    return indices.withLock { indices in
      defer { indices = [] }
      return indices
    }
  }
}
