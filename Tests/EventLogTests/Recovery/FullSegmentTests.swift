import Cryptography
import EventSourcing
import Foundation
import LogIndex
import Testing

@testable import EventLog

/// Full segments that are not sealed are summed up in the index, and believed only as long as they
/// fit.
@Suite struct FullSegmentTests {
  private let acme = TenantID(unchecked: "acme")
  private static let small: EventLog.Configuration = {
    var configuration = EventLog.Configuration.unsealed
    configuration.segmentLineByteCount = 2_000
    configuration.frameLineByteCount = 1
    return configuration
  }()

  /// A closed log of several segments.
  private func sample(_ count: Int = 100, text: String = "x") throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    try append(0..<count, to: folder, text: text)
    return folder
  }

  private func append(_ numbers: Range<Int>, to folder: TemporaryFolder, text: String = "x") throws
  {
    let (log, _) = try folder.open(FullSegmentTests.small)
    defer { log.close() }
    for number in numbers {
      let text = String(repeating: text, count: 40)
      try log.append(.make("acme", at: number, "c\(number)", ["s/\(number % 7)"], text: text)) {
        _ in
      }
    }
  }

  private func row(_ folder: TemporaryFolder, _ name: String) throws -> FullSegmentRow? {
    let database = try IndexDatabase(path: folder.log + "/index.sqlite")
    return try database.segment(SegmentName.firstOrdinal(of: name)!)
  }

  private func file(_ folder: TemporaryFolder, _ name: String) throws -> SegmentFile {
    try SegmentFile(SegmentName.firstOrdinal(of: name)!, in: folder.log, of: RealFileSystem())
  }

  /// A reader beside a sealing service has places from before a segment became shorter.
  @Test func `ends at its end, also for a place that lies beyond it`() throws {
    let folder = try sample()
    let file = try file(folder, folder.segments[0])
    for offset in [file.size, file.size + 1, file.size + (1 << 21)] {
      #expect(try file.bytes(at: offset, count: 8).isEmpty)
      guard case .end = try file.record(at: offset, checkingFrame: true) else {
        Issue.record("a record begins at \(offset) of \(file.size) bytes")
        continue
      }
    }
    guard case .whole = try file.record(at: 0, checkingFrame: true) else {
      Issue.record("the first record is not whole")
      return
    }
  }

  @Test func `every full segment is known, be it written or read before, and nothing is missing`()
    throws
  {
    let folder = try sample()
    let names = folder.segments
    #expect(names.count > 2)
    for isRead in [false, true] {
      if isRead {
        folder.removeIndex()
        try folder.open(FullSegmentTests.small).log.close()
      }
      for name in names.dropLast() {
        let full = try #require(try row(folder, name).flatMap { FullSegment($0) })
        #expect(try full.describes(file(folder, name)))
      }
      #expect(try row(folder, names.last!) == nil)
    }
    let (log, report) = try folder.open(FullSegmentTests.small)
    defer { log.close() }
    #expect(report.commits == 100 && report.events == 100 && report.segments == names.count)
    #expect(log.nextPosition(of: acme) == Position(100))
    for number in 0..<7 {
      let positions = try log.positions(of: StreamName("s/\(number)"), in: acme)
      #expect(positions.map(\.value) == stride(from: UInt64(number), to: 100, by: 7).map { $0 })
      var count = 0
      try log.readStream(StreamName("s/\(number)"), in: acme) { _, position, line in
        #expect(String(decoding: line, as: UTF8.self).hasPrefix("s/\(number) c\(position) "))
        count += 1
      }
      #expect(count == positions.count)
    }
    var all = 0
    try log.readEvents(of: acme, in: Position(0)..<Position(100)) { position, _ in
      #expect(position.value == UInt64(all))
      all += 1
    }
    #expect(all == 100)
  }

  @Test func `a log continues after an opening that read the last segment only`() throws {
    let folder = try sample()
    try append(100..<150, to: folder)
    let deleted = try folder.copy()
    #expect(try contents(of: folder.log).count == 150)
    let (log, report) = try deleted.open(FullSegmentTests.small)
    #expect(report.commits == 150)
    log.close()
  }

  @Test
  func `a changed byte of a full segment is found when it is read, and when there is no index`()
    throws
  {
    let folder = try sample()
    let name = folder.segments[1]
    var bytes = folder.bytes(of: name)
    let first = try #require(bytes.withBytes { FixedHeader($0) })
    bytes[first.headerByteCount + 20] ^= 1
    try folder.write(bytes, to: name)
    let (log, _) = try folder.open(FullSegmentTests.small)
    #expect(throws: LogError.self) {
      try log.readEvents(of: acme, in: Position(0)..<Position(100)) { _, _ in }
    }
    log.close()
    #expect(throws: LogError.self) { try LogReader.verify(folder: folder.log) }
    folder.removeIndex()
    #expect(throws: LogError.self) { _ = try folder.open(FullSegmentTests.small) }
  }

  @Test func `a segment that is shorter, longer or another one is not believed`() throws {
    let folder = try sample()
    let other = try sample(text: "y")
    let name = folder.segments[1]
    let good = folder.bytes(of: name)
    #expect(other.segments[1] == name && other.bytes(of: name) != good)
    let full = try #require(try row(folder, name).flatMap { FullSegment($0) })
    for bad in [Array(good.dropLast()), good + [0], other.bytes(of: name), []] {
      try folder.write(bad, to: name)
      #expect(try !full.describes(file(folder, name)))
      if bad != other.bytes(of: name) {
        #expect(throws: LogError.self) { _ = try folder.open(FullSegmentTests.small) }
      }
    }
    var changed = good
    changed[changed.count - 20] ^= 1
    try folder.write(changed, to: name)
    #expect(try !full.describes(file(folder, name)))
  }

  @Test func `every changed byte of a row is found`() throws {
    let folder = try sample()
    let good = try #require(try row(folder, folder.segments[1]))
    for offset in good.bytes.indices {
      var bad = good
      bad.bytes[offset] ^= 0x20
      #expect(FullSegment(bad) == nil)
    }
    #expect(FullSegment(FullSegmentRow(firstOrdinal: good.firstOrdinal, bytes: [])) == nil)
  }

  @Test func `a segment that was sealed since is looked up again`() throws {
    let folder = try sample()
    try LogSealing.seal(folder: folder.log, configuration: FullSegmentTests.small)
    let (log, report) = try folder.open(FullSegmentTests.small)
    defer { log.close() }
    #expect(report.sealedSegments == folder.segments.count - 1)
    #expect(try log.positions(of: StreamName("s/3"), in: acme).count == 14)
    try log.readStream(StreamName("s/3"), in: acme) { _, position, line in
      #expect(String(decoding: line, as: UTF8.self).hasPrefix("s/3 c\(position) "))
    }
  }
}
