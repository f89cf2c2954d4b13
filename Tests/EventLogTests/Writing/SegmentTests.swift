import EventSourcing
import Foundation
import Testing

@testable import EventLog

@Suite struct SegmentTests {
  /// Every frame gets a segment of its own.
  static let tiny: EventLog.Configuration = {
    var configuration = EventLog.Configuration.unsealed
    configuration.segmentLineByteCount = 1
    return configuration
  }()

  private func sample(_ count: Int = 4) throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open(SegmentTests.tiny)
    for index in 0..<count {
      try log.appendAndWait([.make("acme", at: index, "c\(index)", ["refund/\(index)"])])
    }
    log.close()
    return folder
  }

  @Test func `a full segment is followed by one named after its first commit`() throws {
    let folder = try sample()
    #expect(folder.segments == (0..<4).map { "0000000000000000000\($0).zst" })
    let (log, report) = try folder.open(SegmentTests.tiny)
    #expect(report.segments == 4 && report.commits == 4)
    try log.appendAndWait([.make("acme", at: 4, "c4", ["refund/4"])])
    log.close()
    #expect(folder.segments.count == 5)
    #expect(try contents(of: folder.log).count == 5)
  }

  @Test func `a segment that is no file is refused without blocking`() throws {
    for isPipe in [true, false] {
      let folder = try sample()
      let name = folder.segments[3]
      let path = folder.log + "/" + name
      #expect(unlink(path) == 0)
      #expect((isPipe ? mkfifo(path, 0o600) : mkdir(path, 0o700)) == 0)
      #expect(throws: LogError.unexpectedFile(name: name)) {
        try LogReader.verify(folder: folder.log)
      }
      #expect(throws: LogError.self) { _ = try folder.open(SegmentTests.tiny) }
    }
  }

  @Test func `every commit can be sought`() throws {
    let folder = try sample()
    let (log, _) = try folder.open()
    try log.appendAndWait((4..<8).map { .make("acme", at: $0, "c\($0)", ["s"]) })
    log.close()
    let reader = try LogReader(folder: folder.log, verifyingChain: true)
    for start in [8, 5, 0, 3, 4, 7] as [UInt64] {
      try reader.seek(to: Ordinal(start))
      var ordinals: [UInt64] = []
      try reader.forEachCommit(upTo: Ordinal(7)) { commit in
        #expect(commit.firstPosition.value == commit.ordinal.value)
        ordinals.append(commit.ordinal.value)
        return true
      }
      #expect(ordinals == Array(min(start, 7)..<7))
    }
    #expect(throws: LogError.noSuchOrdinal(ordinal: Ordinal(9), end: Ordinal(8))) {
      try reader.seek(to: Ordinal(9))
    }
    var count = 0
    try reader.seek(to: Ordinal(4))
    try reader.forEachCommit(upTo: nil) { _ in
      count += 1
      return count < 2
    }
    #expect(reader.ordinal == Ordinal(6))
  }

  @Test func `a missing segment is named`() throws {
    for index in 0..<3 {
      let folder = try sample()
      try folder.remove(folder.segments[index])
      let expected = LogError.missingSegment(
        expected: "0000000000000000000\(index).zst",
        found: "0000000000000000000\(index + 1).zst")
      #expect(throws: expected) { _ = try folder.open() }
      #expect(throws: expected) { try LogReader.verify(folder: folder.log) }
    }
  }

  @Test func `a file that is named like no segment is refused`() throws {
    let folder = try sample()
    for name in ["copy.zst", "0.zst", "0000000000000000000x.zst", "99999999999999999999.zst"] {
      try folder.write([], to: name)
      #expect(throws: LogError.unexpectedFile(name: name)) { _ = try folder.open() }
      #expect(throws: LogError.unexpectedFile(name: name)) { try LogReader(folder: folder.log) }
      try folder.remove(name)
    }
    try folder.write([], to: "README.md")
    try folder.open().log.close()
  }

  @Test func `only the last segment may end early`() throws {
    let folder = try sample()
    for name in folder.segments.dropLast() {
      let good = folder.bytes(of: name)
      for length in 0..<good.count {
        try folder.write(Array(good[..<length]), to: name)
        #expect(throws: LogError.self, "\(name) cut at \(length)") { _ = try folder.open() }
        #expect(throws: LogError.self) { try LogReader.verify(folder: folder.log) }
      }
      try folder.write(good, to: name)
    }
    try folder.open().log.close()
  }

  @Test func `a segment that was created but never written is used`() throws {
    let folder = try sample()
    let before = try contents(of: folder.log)
    try folder.write([], to: "00000000000000000004.zst")
    let (log, report) = try folder.open()
    #expect(report.cut == nil)
    try log.appendAndWait([.make("acme", at: 4, "c4", ["s"])])
    log.close()
    #expect(folder.segments.count == 5)
    #expect(try contents(of: folder.log).dropLast() == before[...])
  }

  @Test func `a reader follows a live log from segment to segment`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open(SegmentTests.tiny)
    let reader = try LogReader(folder: folder.log, verifyingChain: true)
    for index in 0..<6 {
      #expect(try reader.nextFrame()?.lines == nil)
      try log.appendAndWait([.make("acme", at: index, "c\(index)", ["s"])])
      let frame = try #require(try reader.nextFrame())
      #expect(frame.firstOrdinal.value == UInt64(index))
    }
    log.close()
    #expect(try reader.nextFrame()?.lines == nil)
  }

  @Test func `the program zstd prints exactly the lines`() throws {
    let zstd = ["/usr/bin/zstd", "/usr/local/bin/zstd"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let zstd else {
      print("SKIPPED: the program zstd is not installed")
      return
    }
    let folder = try sample()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: zstd)
    process.arguments = ["-dc"] + folder.segments.map { folder.log + "/" + $0 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let expected = (0..<4).map { line("refund/\($0)", "c\($0)") + "\n" }.joined()
    #expect(String(decoding: output, as: UTF8.self) == expected)
  }
}
