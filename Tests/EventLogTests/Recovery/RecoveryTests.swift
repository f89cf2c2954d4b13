import Cryptography
import EventSourcing
import Foundation
import SeededRandom
import Testing

@testable import EventLog

/// What may be cut off at opening, and what must be refused.
@Suite struct RecoveryTests {
  /// Marks are written at closing only, so that a copy taken before looks like after a kill.
  static let unmarked: EventLog.Configuration = {
    var configuration = EventLog.Configuration.unsealed
    configuration.idleDelay = .seconds(1000)
    return configuration
  }()

  /// Several frames of several tenants; `killed` has no mark at its end, `closed` has.
  struct Sample {
    let closed: TemporaryFolder
    let killed: TemporaryFolder
    let contents: [String]
    /// Where each record of the closed log begins, and how many commits lie before it.
    let records: [(offset: Int, ordinal: Int)]

    init(texts: [String] = ["x", "y", "z"]) throws {
      closed = TemporaryFolder()
      let log = try closed.open(RecoveryTests.unmarked).log
      var records: [(Int, Int)] = []
      for (index, text) in texts.enumerated() {
        records.append((closed.bytes(of: Sample.name).count, index * 2))
        try log.appendAndWait([
          .make("acme", at: index * 2, "c\(index)", ["refund/1", "tenant"], text: text),
          .make("zeta", at: index, "c\(index)", ["case/\(index)"], text: text),
        ])
      }
      killed = try closed.copy()
      log.close()
      contents = try EventLogTests.contents(of: closed.log)
      self.records = records + [(killed.bytes(of: Sample.name).count, texts.count * 2)]
    }

    static let name = "00000000000000000000.zst"

    /// The place of the record that a byte belongs to.
    func record(at offset: Int) -> (offset: Int, ordinal: Int) {
      records.last { $0.offset <= offset }!
    }
  }

  private func expectRefusal(
    _ folder: TemporaryFolder, _ record: (offset: Int, ordinal: Int), _ comment: Comment
  ) {
    func check(_ error: LogError?) {
      guard case .damaged(Sample.name, record.offset, let ordinal, _)? = error else {
        Issue.record("\(comment): \(String(describing: error))")
        return
      }
      #expect(ordinal.value == UInt64(record.ordinal), comment)
    }
    check(#expect(throws: LogError.self, comment) { try LogReader.verify(folder: folder.log) })
    check(#expect(throws: LogError.self, comment) { _ = try folder.open() })
  }

  @Test(arguments: [false, true])
  func `after a clean close every changed byte is found`(withIndex: Bool) throws {
    let sample = try Sample()
    let folder = sample.closed
    let good = folder.bytes(of: Sample.name)
    for offset in good.indices {
      for changed in [good[offset] ^ 0x01, good[offset] ^ 0xFF, 0] where changed != good[offset] {
        var bad = good
        bad[offset] = changed
        try folder.write(bad, to: Sample.name)
        if !withIndex { folder.removeIndex() }
        expectRefusal(folder, sample.record(at: offset), "byte \(offset) became \(changed)")
        #expect(folder.bytes(of: Sample.name) == bad, "refusing must change nothing")
      }
    }
    try folder.write(good, to: Sample.name)
    let (log, report) = try folder.open()
    log.close()
    #expect(report.cut == nil)
    #expect(folder.bytes(of: Sample.name) == good)
  }

  @Test func `after a kill every changed byte is found, too`() throws {
    let sample = try Sample()
    let folder = sample.killed
    let good = folder.bytes(of: Sample.name)
    for offset in good.indices {
      var bad = good
      bad[offset] ^= 0x10
      try folder.write(bad, to: Sample.name)
      expectRefusal(folder, sample.record(at: offset), "byte \(offset)")
    }
  }

  @Test(arguments: [false, true])
  func `a file that ends early is cut after its last whole record, and continues`(isClosed: Bool)
    throws
  {
    let sample = try Sample()
    let source = isClosed ? sample.closed : sample.killed
    let good = source.bytes(of: Sample.name)
    for length in 0..<good.count {
      let folder = try source.copy()
      try folder.write(Array(good[..<length]), to: Sample.name)
      let record = sample.record(at: length)
      let torn = try LogReader.verify(folder: folder.log).tornTail
      let (log, report) = try folder.open(RecoveryTests.unmarked)
      #expect(report.cut == torn)
      #expect(report.cut?.byteCount ?? 0 == length - record.offset)
      #expect(report.cut?.offset ?? record.offset == record.offset)
      #expect(report.commits == record.ordinal)
      let next = log.nextPosition(of: TenantID(unchecked: "acme"))
      #expect(next == Position(UInt64(record.ordinal)))
      try log.appendAndWait([.make("acme", at: Int(next.value), "new", ["refund/1"])])
      log.close()
      let expected = Array(sample.contents[..<record.ordinal])
      #expect(try contents(of: folder.log).dropLast() == expected[...], "cut at \(length)")
    }
  }

  @Test func `a last frame with an unwritten sector is cut, unless a mark covers it`() throws {
    var generator = SplitMix64(seed: 7)
    let text = String((0..<3000).map { _ in "abcdefghijklmnop".randomElement(using: &generator)! })
    let sample = try Sample(texts: ["x", text])
    let (start, end) = (sample.records[1].offset, sample.records[2].offset)
    var cutCount = 0
    for sector in start / 512...(end - 1) / 512 {
      let part = max(start, sector * 512)..<min(end, (sector + 1) * 512)
      #expect(part.count >= 8)
      for source in [sample.killed, sample.closed] {
        let folder = try source.copy()
        var bytes = folder.bytes(of: Sample.name)
        for offset in part { bytes[offset] = 0 }
        try folder.write(bytes, to: Sample.name)
        if source === sample.closed {
          expectRefusal(folder, sample.records[1], "sector \(sector)")
        } else {
          let (log, report) = try folder.open()
          log.close()
          #expect(report.cut?.offset == start)
          #expect(try contents(of: folder.log) == Array(sample.contents[..<2]))
          cutCount += 1
        }
      }
    }
    #expect(cutCount > 3)
  }

  /// A sector that went astray and replaced the end of a frame and the mark after it.
  @Test func `zeros with something else behind them in their sector are no unwritten sector`()
    throws
  {
    var generator = SplitMix64(seed: 8)
    let text = String((0..<2000).map { _ in "abcdefghijklmnop".randomElement(using: &generator)! })
    let sample = try Sample(texts: ["x", text])
    let end = sample.records[2].offset
    let start = max(sample.records[1].offset, end / 512 * 512)
    try #require(end - start >= 8)
    let folder = try sample.closed.copy()
    var bytes = folder.bytes(of: Sample.name)
    for offset in start..<end { bytes[offset] = 0 }
    for offset in end..<bytes.count { bytes[offset] = 0xA7 }
    try folder.write(bytes, to: Sample.name)
    expectRefusal(folder, sample.records[1], "the mark is damaged, too")
    // Zeros to the end of the sector look like a write that did not finish.
    for offset in end..<bytes.count { bytes[offset] = 0 }
    try folder.write(bytes, to: Sample.name)
    let (log, report) = try folder.open()
    log.close()
    #expect(report.cut?.offset == sample.records[1].offset)
  }

  @Test func `if sectors of the last frame are not on the disk, opening cuts it and continues`()
    throws
  {
    var generator = SplitMix64(seed: 8)
    let text = String((0..<4500).map { _ in "abcdefghijklmnop".randomElement(using: &generator)! })
    let sample = try Sample(texts: ["x", text])
    let good = sample.killed.bytes(of: Sample.name)
    let start = sample.records[1].offset
    let sectors = Array(start / 512...(good.count - 1) / 512)
    #expect(sectors.count > 3)
    for subset in 0..<(1 << sectors.count) - 1 {
      var bytes = good
      for (index, sector) in sectors.enumerated() where subset & 1 << index == 0 {
        for offset in max(start, sector * 512)..<min(good.count, sector * 512 + 512) {
          bytes[offset] = 0
        }
      }
      // With the file's new length, or only as long as what was written.
      let written = bytes.lastIndex { $0 != 0 }! + 1
      for length in Set([bytes.count, max(start, written)]) {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(
          atPath: folder.log, withIntermediateDirectories: true)
        try folder.write(Array(bytes[..<length]), to: Sample.name)
        let (log, report) = try folder.open()
        log.close()
        #expect(report.cut?.offset ?? length == start)
        #expect(try contents(of: folder.log) == Array(sample.contents[..<2]))
      }
    }
  }

  @Test(arguments: [1, 4, 7, 8, 87, 88, 600])
  func `zeros after the end are cut, anything else is refused`(count: Int) throws {
    let sample = try Sample()
    for source in [sample.killed, sample.closed] {
      let good = source.bytes(of: Sample.name)
      let zeros = try source.copy()
      try zeros.write(good + [UInt8](repeating: 0, count: count), to: Sample.name)
      let (log, report) = try zeros.open()
      log.close()
      #expect(report.cut?.byteCount == count)
      #expect(try contents(of: zeros.log) == sample.contents)

      let garbage = try source.copy()
      try garbage.write(good + [UInt8](repeating: 0xA7, count: count), to: Sample.name)
      expectRefusal(garbage, (good.count, sample.contents.count), "\(count) bytes")
    }
  }

  @Test func `lines under another chain value are refused though every checksum is right`() throws {
    func record(_ text: String) -> (header: FrameHeader, bytes: [UInt8]) {
      let builder = FrameBuilder(
        effort: EventLog.Configuration().effort, ordinal: .first, chain: .zero)
      Array((line("refund/1", "c0", text) + "\n").utf8).withUnsafeBytes {
        builder.add(
          tenant: TenantID(unchecked: "acme"), firstPosition: .first, eventCount: 1, lines: $0)
      }
      return builder.record(offset: 0)
    }
    let folder = try TemporaryFolder().copy()
    var (header, bytes) = record("x")
    try folder.write(bytes, to: Sample.name)
    #expect(try LogReader.verify(folder: folder.log).commits == 1)
    header.chain = record("y").header.chain
    try folder.write(
      header.encoded(at: 0) + bytes.suffix(header.frameByteCount), to: Sample.name)
    let verifying = #expect(throws: LogError.self) { try LogReader.verify(folder: folder.log) }
    let reading = #expect(throws: LogError.self) { try contents(of: folder.log) }
    for error in [verifying, reading] {
      guard case .damaged(Sample.name, 0, .first, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `what is cut after a mark is gone to the last byte`() throws {
    let sample = try Sample()
    let whole = sample.closed.bytes(of: Sample.name)
    for count in [1, 500, 5_000] {
      let folder = try sample.closed.copy()
      try folder.write(whole + [UInt8](repeating: 0, count: count), to: Sample.name)
      let (log, report) = try folder.open(RecoveryTests.unmarked)
      log.close()
      #expect(report.cut?.byteCount == count)
      #expect(folder.bytes(of: Sample.name) == whole)
    }
  }

  @Test func `a frame that was repeated or left out is refused`() throws {
    let sample = try Sample()
    let good = sample.closed.bytes(of: Sample.name)
    let (first, second) = (sample.records[1].offset, sample.records[2].offset)
    let folder = try sample.closed.copy()
    try folder.write(Array(good[..<second] + good[first...]), to: Sample.name)
    expectRefusal(folder, (second, 4), "repeated")
    try folder.write(Array(good[..<first] + good[second...]), to: Sample.name)
    expectRefusal(folder, (first, 2), "left out")
  }

  @Test func `records never end so near a sector's bound that one byte could look unwritten`() {
    for end in 0..<2048 {
      let padding = RecordPadding.byteCount(endingAt: end)
      let rest = (end + padding) % 512
      #expect((1...16).contains(padding))
      #expect(rest == 0 || (8...504).contains(rest))
    }
  }
}
