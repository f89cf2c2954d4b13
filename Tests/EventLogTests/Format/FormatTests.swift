import EventSourcing
import Foundation
import Testing

@testable import EventLog

/// FORMAT.md opens with a segment in hexadecimal; this builds that very segment.
@Suite struct FormatTests {
  private func exampleInDocument() throws -> [UInt8] {
    let path =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
      + "/Sources/EventLog/FORMAT.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let block = text.components(separatedBy: "```")[1].dropFirst("text\n".count)
    return block.split(separator: "\n").flatMap { line in
      // `offset  bytes  meaning`; the columns are two or more spaces apart.
      let columns = line.components(separatedBy: "  ")
      return columns.count < 2 || Int(columns[0]) == nil
        ? [] : columns[1].split(separator: " ").map { UInt8($0, radix: 16)! }
    }
  }

  private func example() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open(RecoveryTests.unmarked)
    func commit(_ tenant: String, _ lines: String) -> Commit {
      Commit(
        tenant: TenantID(unchecked: tenant), commandID: CommandID(unchecked: "c"),
        firstPosition: .first, lines: Array(lines.utf8),
        streams: lines.split(separator: "\n").map { _ in StreamName("s") })
    }
    try log.appendAndWait([
      commit("acme", "{\"id\":\"0\"}\n{\"id\":\"1\"}\n"), commit("zeta", "{\"id\":\"0\"}\n"),
    ])
    log.close()
    return folder
  }

  @Test func `the example in FORMAT.md is what the log writes`() throws {
    let folder = try example()
    #expect(folder.segments == ["00000000000000000000.zst"])
    #expect(folder.bytes(of: "00000000000000000000.zst") == (try exampleInDocument()))
  }

  @Test func `the example in FORMAT.md can be read`() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.log, withIntermediateDirectories: true)
    try folder.write(exampleInDocument(), to: "00000000000000000000.zst")
    #expect(
      try contents(of: folder.log) == [
        "0 acme@0 {\"id\":\"0\"}\n{\"id\":\"1\"}\n", "1 zeta@0 {\"id\":\"0\"}\n",
      ])
  }
}
