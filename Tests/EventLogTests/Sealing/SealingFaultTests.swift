import EventSourcing
import Foundation
import Testing
import Threading

@testable import EventLog

/// Sealing stops at every call that changes something, in every way; then the folder is opened
/// again.
@Suite struct SealingFaultTests {
  @Test(arguments: FaultyFileSystem.Fault.allCases)
  func `wherever sealing ends, nothing is lost or doubled, and the next opening tidies up`(
    fault: FaultyFileSystem.Fault
  ) throws {
    let source = try SealingTests.sample(commits: 40)
    let expected = try contents(of: source.log)
    let chain = try LogReader.verify(folder: source.log).chain
    var failingCall = 0
    while true {
      let folder = try source.copy()
      let fileSystem = FaultyFileSystem(failingCall: failingCall, fault)
      var isFaultless = false
      do {
        try LogSealing.seal(
          folder: folder.log, configuration: SealingTests.small, fileSystem: fileSystem)
        isFaultless = true
      } catch {
        guard case .io("fail", _, 5) = error else {
          Issue.record("call \(failingCall): \(error)")
          return
        }
      }
      #expect(try contents(of: folder.log) == expected, "call \(failingCall)")
      #expect(try LogReader.verify(folder: folder.log).chain == chain)
      let (log, report) = try folder.open()
      #expect(report.commits == expected.count && report.cut == nil)
      log.close()
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.log)
      #expect(!names.contains { $0.hasSuffix(SegmentName.unfinishedSuffix) })
      try LogSealing.seal(folder: folder.log, configuration: SealingTests.small)
      #expect(try contents(of: folder.log) == expected)
      if isFaultless { break }
      failingCall += 1
    }
    #expect(failingCall > 20)
  }

  @Test(arguments: FaultyFileSystem.Fault.allCases)
  func `wherever sealing ends, the log that is open is read on`(
    fault: FaultyFileSystem.Fault
  ) throws {
    let source = try SealingTests.sample(commits: 30)
    var expected: [TenantID: [String]] = [:]
    try LogReader(folder: source.log).forEachCommit(upTo: nil) { commit in
      commit.forEachLine { line in
        expected[commit.tenant, default: []].append(String(decoding: line, as: UTF8.self))
      }
      return true
    }
    var sealedCount = 0
    for failingCall in 0... {
      let folder = try source.copy()
      let fileSystem = FaultyFileSystem(failingCall: failingCall, fault)
      let opened = try? EventLog.open(
        folder: folder.log, configuration: SealingTests.small, fileSystem: fileSystem,
        isInline: true, describe: describe, onFailure: { _ in })
      guard let log = opened?.log else { continue }
      var isFaultless = false
      do {
        while try log.sealInline(unless: { false }) != nil { sealedCount += 1 }
        isFaultless = true
      } catch { #expect("\(error)".contains("fail"), "call \(failingCall): \(error)") }
      for (tenant, lines) in expected {
        var found: [String] = []
        try log.readEvents(of: tenant, in: .first..<Position(9_999)) { _, line in
          found.append(String(decoding: line, as: UTF8.self))
        }
        #expect(found == lines, "call \(failingCall)")
      }
      log.close()
      if isFaultless { break }
    }
    #expect(sealedCount > 5)
  }

  @Test func `a failure of sealing in the background is reported once, and the log continues`()
    throws
  {
    let folder = try SealingTests.sample()
    var configuration = SealingTests.small
    configuration.isSealing = true
    let failures = Monitor<[LogError]>([])
    let path = folder.log + "/" + folder.segments[0] + SegmentName.unfinishedSuffix
    // A folder where the file is to be cannot be removed as a file.
    let (log, _) = try folder.open(SealingTests.small)
    log.close()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(throws: LogError.self) { _ = try folder.open(configuration) }
    try FileManager.default.removeItem(atPath: path)
    var bytes = folder.bytes(of: folder.segments[0])
    let (again, _) = try folder.open(SealingTests.small)
    // Damaged while the log is open, so that only the sealer can notice.
    bytes[bytes.count / 2] ^= 1
    try folder.write(bytes, to: folder.segments[0])
    again.close()
    let sealing = #expect(throws: LogError.self) {
      try LogSealing.seal(folder: folder.log, configuration: configuration)
    }
    guard case .damaged(folder.segments[0], _, _, _)? = sealing else {
      Issue.record("\(String(describing: sealing))")
      return
    }
    #expect(failures.withLock { $0.isEmpty })
    #expect(folder.bytes(of: folder.segments[0]) == bytes)
  }

  @Test func `what reads back as another history does not take the segment's place`() throws {
    let folder = try SealingTests.sample(commits: 40)
    let other = try SealingTests.sample(commits: 40, seed: 2)
    try LogSealing.seal(folder: other.log, configuration: SealingTests.small)
    let name = folder.segments[0]
    let before = folder.bytes(of: name)
    let error = #expect(throws: LogError.self) {
      try LogSealing.seal(
        folder: folder.log, configuration: SealingTests.small,
        fileSystem: ConfusedFileSystem(sealing: other.log + "/" + name))
    }
    guard case .damaged(name + SegmentName.unfinishedSuffix, _, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(folder.bytes(of: name) == before)
    #expect(try !SealingTests.isSealed(name, in: folder))
  }
}

/// Reads a sealed segment of another log in place of one that was just written.
private struct ConfusedFileSystem: FileSystem {
  private let path: String
  private let real = RealFileSystem()

  init(sealing path: String) { self.path = path }

  func open(_ path: String, for access: FileAccess) throws(LogError) -> any File {
    let isReadBack = access == .reading && path.hasSuffix(SegmentName.unfinishedSuffix)
    return try real.open(isReadBack ? self.path : path, for: access)
  }

  func createFolder(_ path: String) throws(LogError) { try real.createFolder(path) }
  func names(in folder: String) throws(LogError) -> [String] { try real.names(in: folder) }
  func sync(folder: String) throws(LogError) { try real.sync(folder: folder) }
  func identity(of path: String) throws(LogError) -> FileIdentity? {
    try real.identity(of: path)
  }

  func remove(_ path: String) throws(LogError) { try real.remove(path) }

  func rename(_ path: String, to newPath: String) throws(LogError) {
    try real.rename(path, to: newPath)
  }

  func link(_ path: String, as newPath: String) throws(LogError) {
    try real.link(path, as: newPath)
  }
}
