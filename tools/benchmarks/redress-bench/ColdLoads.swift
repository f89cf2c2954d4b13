// Loads one order, refund or case as a process would that has just started: the log is opened anew
// before each, and where it is asked for its files are dropped from the operating system's cache.
// Then one read of 4 KiB that is not in the cache either says what the disk itself takes.

import Domain
import EventLog
import EventSourcing
import Events
import Glibc
import SeededRandom

/// `cold folder= loads= dropping=0|1`
func benchmarkColdLoads(_ options: inout Options) throws {
  let folder = options.text("folder")
  let loadCount = options.number("loads")
  let isDropping = options.number("dropping") == 1
  let streams = try someStreams(folder, count: loadCount)
  var latencies = Latencies()
  var reads = Latencies()
  var eventCount = 0
  for stream in streams {
    let (log, _) = try openLog(folder, isSealing: false)
    if isDropping {
      dropFromCache(folder)
      reads.add(readSomewhere(in: folder))
      dropFromCache(folder)
    }
    let start = seconds()
    eventCount += try load(stream, from: log)
    latencies.add(seconds() - start)
    log.close()
  }
  print(
    #"{"loads":\#(streams.count),"events":\#(eventCount),\#(latencies.json()),"#
      + #""diskRead":{\#(reads.json())}}"#)
}

private func load(_ stream: StreamName, from log: EventLog) throws -> Int {
  let tenant = TenantID(unchecked: tenantName)
  var order = Order()
  var refund = Refund()
  var supportCase = SupportCase()
  var hold = PayoutHold()
  var itemReturn = Return()
  var eventCount = 0
  try log.readStream(stream, in: tenant) { _, _, line in
    let event = try RecordedEvent(line: line).event
    switch event.subject {
    case .order: try order.fold(event)
    case .refund: try refund.fold(event)
    case .hold: try hold.fold(event)
    case .return: try itemReturn.fold(event)
    case .supportCase: try supportCase.fold(event)
    case .tenant, .customer, .privacy, .system, .command: break
    }
    eventCount += 1
  }
  return eventCount
}

/// Streams from all over the log, seeded, so that every run loads the same.
private func someStreams(_ folder: String, count: Int) throws -> [StreamName] {
  var generator = SplitMix64(seed: 42)
  var chosen: [StreamName] = []
  var seen = 0
  try LogReader(folder: folder).forEachCommit(upTo: nil) { commit in
    try commit.forEachLine { line in
      // A header is read only where the choice falls on the line (reservoir sampling).
      seen += 1
      let place = chosen.count < count ? chosen.count : Int(generator.next() % UInt64(seen))
      guard place < count else { return }
      let stream = try EventHeader(line: line).stream
      guard ["order/", "refund/", "case/"].contains(where: { stream.rawValue.hasPrefix($0) })
      else { return }
      if place < chosen.count { chosen[place] = stream } else { chosen.append(stream) }
    }
    return true
  }
  return chosen
}

/// How long one read of 4 KiB from the first segment takes.
private func readSomewhere(in folder: String) -> Double {
  let file = open("\(folder)/00000000000000000000.zst", O_RDONLY)
  defer { close(file) }
  posix_fadvise(file, 0, 0, Int32(POSIX_FADV_RANDOM))
  let pageCount = max(1, lseek(file, 0, Int32(SEEK_END)) / 4096)
  var page = [UInt8](repeating: 0, count: 4096)
  let start = seconds()
  pread(file, &page, page.count, Int.random(in: 0..<pageCount) * 4096)
  return seconds() - start
}

/// Pages that are not mapped leave the cache; only clean ones can, so files are synced first.
private func dropFromCache(_ folder: String) {
  guard let entries = opendir(folder) else { return }
  defer { closedir(entries) }
  while let entry = readdir(entries) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    let file = open("\(folder)/\(name)", O_RDONLY)
    guard file >= 0 else { continue }
    fdatasync(file)
    posix_fadvise(file, 0, 0, Int32(POSIX_FADV_DONTNEED))
    close(file)
  }
}
