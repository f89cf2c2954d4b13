// What recovery cuts off is kept, and it cuts off nothing that was durable.

import EventSourcing
import Foundation
import Testing

@testable import EventLog

struct `An unfinished write that recovery finds` {
  private static let segment = "00000000000000000000.zst"
  private static let acme = TenantID(unchecked: "acme")

  /// A log of four commits whose last frame ends early, with the index of all four where it is
  /// asked for.
  private func torn(withIndex: Bool) throws -> (folder: TemporaryFolder, tail: TornTail) {
    let folder = TemporaryFolder()
    var configuration = EventLog.Configuration.unsealed
    configuration.idleDelay = .seconds(3_600)
    let log = try folder.open(configuration).log
    for index in 0..<4 { try log.appendAndWait([.make("acme", at: index, "c\(index)", ["s"])]) }
    // Without the mark that closing adds.
    let bytes = folder.bytes(of: Self.segment)
    log.close()
    if !withIndex { folder.removeIndex() }
    try folder.write(bytes.dropLast(7), to: Self.segment)
    let tail = try #require(LogReader.verify(folder: folder.log).tornTail)
    return (folder, tail)
  }

  private func cutFiles(_ folder: TemporaryFolder) -> [String] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/cut")
    return files ?? []
  }

  private func open(
    _ folder: TemporaryFolder, signedSizes: @escaping @Sendable () -> [TenantID: UInt64]
  ) throws -> RecoveryReport {
    let (log, report) = try EventLog.open(
      folder: folder.log, configuration: .unsealed, fileSystem: RealFileSystem(),
      signedSizes: signedSizes, describe: describe, onFailure: { Issue.record($0) })
    log.close()
    return report
  }

  @Test func `is kept beside the log's folder, under segment, offset and time`() throws {
    let (folder, tail) = try torn(withIndex: false)
    let bytes = folder.bytes(of: Self.segment)
    let report = try open(folder) { [Self.acme: 3] }
    #expect(report.cut == tail)
    let file = try #require(cutFiles(folder).first)
    #expect(cutFiles(folder).count == 1 && file.hasPrefix("\(Self.segment)-\(tail.offset)-"))
    #expect(report.keptCut == "\(folder.path)/cut/\(file)")
    let kept = FileManager.default.contents(atPath: "\(folder.path)/cut/\(file)")
    #expect(kept.map { [UInt8]($0) } == Array(bytes[tail.offset...]))
  }

  @Test(arguments: [true, false])
  func `is damage when the index or a checkpoint knows more than would be left`(isIndexed: Bool)
    throws
  {
    let (folder, tail) = try torn(withIndex: isIndexed)
    let bytes = folder.bytes(of: Self.segment)
    let error = #expect(throws: LogError.self) {
      try open(folder) { isIndexed ? [:] : [Self.acme: 4] }
    }
    guard case .damaged(Self.segment, tail.offset, tail.ordinal, let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains(isIndexed ? "the index knows commits up to 4" : "4 events of acme"))
    #expect(folder.bytes(of: Self.segment) == bytes && cutFiles(folder).isEmpty)
  }
}
