import EventSourcing
import Foundation
import SeededRandom
import Testing
import Threading
import Zstandard

@testable import EventLog

/// Sealing changes how the lines are stored, and nothing else.
@Suite struct SealingTests {
  /// Small segments of small frames, sealed as frames of about a thousand bytes of lines.
  static let small: EventLog.Configuration = {
    var configuration = EventLog.Configuration.unsealed
    configuration.segmentLineByteCount = 4_000
    configuration.sealedFrameLineByteCount = 1_000
    configuration.sealedEffort = .level(3)
    configuration.idleDelay = .milliseconds(1)
    return configuration
  }()

  /// A closed log of several segments, none of them sealed.
  static func sample(
    commits: Int = 60, segmentByteCount: Int = 4_000, seed: UInt64 = 1
  ) throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    var generator = SplitMix64(seed: seed)
    var configuration = small
    configuration.segmentLineByteCount = segmentByteCount
    let (log, _) = try folder.open(configuration)
    var positions: [String: Int] = [:]
    for index in 0..<commits {
      let tenant = "t\(Int.random(in: 0..<3, using: &generator))"
      let streams = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        "s/\(Int.random(in: 0..<9, using: &generator))"
      }
      let text = String(repeating: "x", count: Int.random(in: 0..<300, using: &generator))
      try log.appendAndWait([
        .make(tenant, at: positions[tenant, default: 0], "c\(index)", streams, text: text)
      ])
      positions[tenant, default: 0] += streams.count
    }
    log.close()
    return folder
  }

  static func isSealed(_ name: String, in folder: TemporaryFolder) throws -> Bool {
    let ordinal = SegmentName.firstOrdinal(of: name)!
    return try SegmentFile(ordinal, in: folder.log, of: RealFileSystem()).isSealed(at: 0)
  }

  @Test(arguments: 1...8)
  func `the lines, ordinals, positions and chain values are the same before and after`(
    number: UInt64
  ) throws {
    let seed = UInt64(ProcessInfo.processInfo.environment["SEED"] ?? "") ?? number
    print("sealing seed \(seed)")
    var generator = SplitMix64(seed: seed)
    let folder = try SealingTests.sample(
      commits: Int.random(in: 2..<150, using: &generator), seed: seed)
    let expected = try contents(of: folder.log)
    let before = try LogReader.verify(folder: folder.log)
    var configuration = SealingTests.small
    configuration.sealedFrameLineByteCount = Int.random(in: 1..<9_000, using: &generator)
    var reports: [SealingReport] = []
    try LogSealing.seal(folder: folder.log, configuration: configuration) { reports.append($0) }
    #expect(reports.map(\.segment) == folder.segments.dropLast())
    #expect(try contents(of: folder.log) == expected)
    let after = try LogReader.verify(folder: folder.log)
    #expect(after.chain == before.chain && after.lineByteCount == before.lineByteCount)
    for name in folder.segments.dropLast() {
      #expect(try SealingTests.isSealed(name, in: folder))
      let path = folder.log + "/" + name
      let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(rights as? Int == 0o400)
    }
    // The index was made before; then it is made anew from the sealed segments.
    for isDeleted in [false, true] {
      if isDeleted { folder.removeIndex() }
      let (log, report) = try folder.open(configuration)
      #expect(report.commits == expected.count)
      #expect(report.sealedSegments == reports.count)
      #expect(isDeleted == (report.index != .upToDate))
      try expectLookups(in: log, agreeingWith: expected)
      log.close()
    }
  }

  /// Compares every line that can be looked up with what a reader sees.
  private func expectLookups(in log: EventLog, agreeingWith contents: [String]) throws {
    var lines: [String: [String]] = [:]
    for commit in contents {
      let parts = commit.split(separator: " ", maxSplits: 2)
      let tenant = String(parts[1].split(separator: "@")[0])
      lines[tenant, default: []] += parts[2].split(separator: "\n").map(String.init)
    }
    for (tenant, expected) in lines {
      let tenant = TenantID(unchecked: tenant)
      var found: [String] = []
      try log.readEvents(of: tenant, in: .first..<Position(9999)) { _, line in
        found.append(String(decoding: line, as: UTF8.self))
      }
      #expect(found == expected)
      for index in 0..<9 {
        var stream: [String] = []
        try log.readStream(StreamName("s/\(index)"), in: tenant) { _, _, line in
          stream.append(String(decoding: line, as: UTF8.self))
        }
        #expect(stream == expected.filter { $0.hasPrefix("s/\(index) ") })
      }
    }
  }

  @Test func `an index that ends inside a sealed frame is brought up to date`() throws {
    let folder = try SealingTests.sample()
    let whole = try contents(of: folder.log)
    // The index as it was at each earlier end: an index of the log's beginning.
    for end in stride(from: 1, to: whole.count, by: 7) {
      let beginning = TemporaryFolder()
      let (log, _) = try beginning.open(SealingTests.small)
      let reader = try LogReader(folder: folder.log)
      try reader.forEachCommit(upTo: Ordinal(UInt64(end))) { commit in
        var streams: [StreamName] = []
        var command: CommandID?
        try commit.forEachLine { line in
          let (stream, id) = try describe(line)
          streams.append(stream)
          command = id
        }
        try log.append(
          Commit(
            tenant: commit.tenant, commandID: command!, firstPosition: commit.firstPosition,
            lines: Array(commit.bytes), streams: streams)
        ) { _ in }
        return true
      }
      log.close()
      let sealed = try folder.copy()
      try LogSealing.seal(folder: sealed.log, configuration: SealingTests.small)
      try sealed.write(beginning.bytes(of: "index.sqlite"), to: "index.sqlite")
      let (again, report) = try sealed.open(SealingTests.small)
      #expect(report.index == .caughtUp(commits: whole.count - end))
      try expectLookups(in: again, agreeingWith: whole)
      again.close()
    }
  }

  @Test func `readers and lookups beside the writer and the sealer see every commit once`() throws {
    let folder = TemporaryFolder()
    var configuration = SealingTests.small
    configuration.isSealing = true
    let sealed = Monitor(0)
    let (log, _) = try folder.open(
      configuration,
      onSealing: { result in
        if case .failure(let error) = result { Issue.record(error) }
        sealed.update { $0 += 1 }
      })
    let total = 1_000
    let finished = Monitor(0)
    for _ in 0..<2 {
      Thread {
        do {
          let reader = try LogReader(folder: folder.log, verifyingChain: true)
          var count = 0
          while count < total {
            try reader.forEachCommit(upTo: nil) { commit in
              #expect(commit.ordinal.value == UInt64(count))
              count += 1
              return true
            }
          }
          for target in stride(from: UInt64(0), to: UInt64(total), by: 97) {
            try reader.seek(to: Ordinal(target))
            try reader.forEachCommit(upTo: Ordinal(target + 1)) { commit in
              #expect(commit.ordinal.value == target)
              return true
            }
          }
        } catch { Issue.record(error) }
        finished.update { $0 += 1 }
      }.start()
    }
    let acme = TenantID(unchecked: "acme")
    var generator = SplitMix64(seed: 3)
    for index in 0..<total {
      try log.appendAndWait([.make("acme", at: index, "c\(index)", ["s/\(index % 9)"])])
      let position = UInt64.random(in: 0...UInt64(index), using: &generator)
      try log.readEvents(of: acme, at: [Position(position)]) { _, bytes in
        let expected = line("s/\(position % 9)", "c\(position)")
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
      }
    }
    finished.wait(upTo: .seconds(60), until: { $0 == 2 }, then: { #expect($0 == 2) })
    let full = folder.segments.count - 1
    sealed.wait(upTo: .seconds(60), until: { $0 == full }, then: { #expect($0 == full) })
    log.close()
    #expect(try LogReader.verify(folder: folder.log).commits == total)
  }

  @Test func `closing does not wait for a segment to be sealed`() throws {
    let folder = try SealingTests.sample()
    var configuration = SealingTests.small
    configuration.isSealing = true
    configuration.sealedFrameLineByteCount = 1
    for _ in 0..<20 {
      let (log, _) = try folder.open(configuration)
      log.close()
      #expect(try LogReader.verify(folder: folder.log).commits == 60)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.log)
    #expect(!names.contains { $0.hasSuffix(SegmentName.unfinishedSuffix) })
  }
}
