import Cryptography
import EventSourcing
import Foundation
import Testing

@testable import EventLog

/// A log that is written at once from commits of another one.
@Suite struct SealedLogWriterTests {
  private let tenant = TenantID(unchecked: "t1")

  /// Writes one tenant's commits into a folder beside the log.
  private func write(
    _ folder: TemporaryFolder, to name: String,
    _ configuration: EventLog.Configuration = SealingTests.small
  ) throws -> SealedLogWriter {
    let writer = try SealedLogWriter(
      folder: "\(folder.path)/\(name)", configuration: configuration)
    try LogReader(folder: folder.log).forEachCommit(upTo: nil) { commit in
      if commit.tenant == tenant { try writer.append(commit) }
      return true
    }
    try writer.finish()
    return writer
  }

  @Test func `has one tenant's commits, in sealed segments, with a chain of their own`() throws {
    let folder = try SealingTests.sample()
    let writer = try write(folder, to: "copy")
    let own = try contents(of: folder.log).map { $0.split(separator: " ", maxSplits: 1)[1] }
      .filter { $0.hasPrefix("t1@") }
    let copy = folder.path + "/copy"
    #expect(try contents(of: copy) == own.enumerated().map { "\($0) \($1)" })
    let report = try LogReader.verify(folder: copy)
    #expect(report.commits == own.count && writer.ordinal == Ordinal(UInt64(own.count)))
    #expect(report.chain == writer.chain && report.tornTail == nil)
    let summary = try LogSummary(folder: copy)
    #expect(summary.segments.count > 1 && summary.tenants.map(\.name) == [tenant])
    for segment in summary.segments {
      let ordinal = try #require(SegmentName.firstOrdinal(of: segment.name))
      let file = try SegmentFile(ordinal, in: copy, of: RealFileSystem())
      #expect(try file.sealedSegment() != nil, "\(segment.name)")
    }
  }

  @Test func `has the same bytes for the same commits, however the log has them`() throws {
    let folder = try SealingTests.sample()
    _ = try write(folder, to: "copy")
    try LogSealing.seal(folder: folder.log, configuration: SealingTests.small)
    _ = try write(folder, to: "again")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/copy")
    #expect(!names.isEmpty)
    for name in names {
      #expect(
        FileManager.default.contentsEqual(
          atPath: "\(folder.path)/copy/\(name)", andPath: "\(folder.path)/again/\(name)"))
    }
  }

  @Test func `goes on when it is opened as a log`() throws {
    let folder = try SealingTests.sample()
    let copy = TemporaryFolder()
    let writer = try SealedLogWriter(folder: copy.log, configuration: SealingTests.small)
    try LogReader(folder: folder.log).forEachCommit(upTo: nil) { commit in
      if commit.tenant == tenant { try writer.append(commit) }
      return true
    }
    try writer.finish()
    let (log, report) = try copy.open(SealingTests.small)
    #expect(report.commits == Int(writer.ordinal.value))
    let next = Int(log.nextPosition(of: tenant).value)
    try log.appendAndWait([.make("t1", at: next, "later", ["s/1"], text: "later")])
    log.close()
    #expect(try contents(of: copy.log).last?.hasPrefix("\(writer.ordinal) t1@\(next) ") == true)
  }

  @Test func `refuses a folder with a log, and a commit out of order`() throws {
    let folder = try SealingTests.sample()
    #expect(throws: LogError.self) {
      try SealedLogWriter(folder: folder.log, configuration: SealingTests.small)
    }
    let writer = try SealedLogWriter(
      folder: folder.path + "/copy", configuration: SealingTests.small)
    let reader = try LogReader(folder: folder.log)
    try reader.seek(to: Ordinal(20))
    #expect(throws: LogError.self) {
      try reader.forEachCommit(upTo: nil) { commit in
        try writer.append(commit)
        return true
      }
    }
  }

  @Test func `without commits is an empty folder`() throws {
    let folder = TemporaryFolder()
    let writer = try SealedLogWriter(folder: folder.log, configuration: SealingTests.small)
    try writer.finish()
    #expect(folder.segments == [] && writer.chain == .zero)
  }
}
