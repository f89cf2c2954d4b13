// redress log: lists and inspects segments, and seals them by hand.

import EventLog
import EventSourcing
import Foundation
import Node

struct LogTool: CommandLineTool {
  static let name = "log"
  static let summary = "Lists, inspects or seals the log's segments."
  static let help = """
    Lists the log's segments, shows the contents of one, or seals the full ones. Sealing rewrites a
    full segment with larger frames at a high compression level. The lines stay the same; the new
    file is read back and compared before it replaces the old one. A running service seals
    segments itself.

    Usage: redress log segments --data DIR
           redress log inspect --data DIR SEGMENT [--frame N]
           redress log seal --data DIR

      --data DIR     the data folder; for segments and inspect a service may be running on it
      SEGMENT        the segment's name, with or without .zst
      --frame N      show only this frame, counted from 0, with its tenants

    Example:
      redress log inspect --data ./data 00000000000000000000.zst --frame 0

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal; 2 invalid command
    line; 3 the command failed, for instance because a service runs on the folder.
    """

  private enum Verb {
    case segments
    case inspect(String, frame: Int?)
    case seal
  }

  private let folder: DataFolder
  private let verb: Verb

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    let frame = try arguments.number("--frame")
    switch arguments.word() {
    case "segments": verb = .segments
    case "seal": verb = .seal
    case "inspect":
      guard let name = arguments.word() else { throw Stop.usage("SEGMENT is missing") }
      verb = .inspect(name.hasSuffix(".zst") ? name : name + ".zst", frame: frame)
    case let other?: throw Stop.usage("\(other) is neither segments, inspect nor seal")
    case nil: throw Stop.usage("name one of segments, inspect and seal")
    }
    if case .inspect = verb { return }
    if frame != nil { throw Stop.usage("--frame belongs to inspect") }
  }

  func run() throws -> ExitCode {
    try readingLog {
      switch verb {
      case .segments: try list()
      case .inspect(let name, let frame): try inspect(name, frame: frame)
      case .seal: try seal()
      }
      return .success
    }
  }

  private func list() throws {
    let segments = try LogSummary.segments(of: folder.log)
    let rows = segments.map { segment in
      [
        segment.name, "\(segment.firstOrdinal)", "\(segment.commitCount)",
        "\(segment.eventCount)", "\(segment.frameCount)", "\(segment.lineByteCount)",
        "\(segment.byteCount)", ratio(segment.lineByteCount, segment.byteCount),
        segment.isSealed ? "yes" : "no",
      ]
    }
    try Output.print(
      Table(
        ["SEGMENT", "FIRST", "COMMITS", "EVENTS", "FRAMES", "LINES", "DISK", "RATIO", "SEALED"],
        right: [1, 2, 3, 4, 5, 6, 7]
      ).text(rows))
  }

  private func inspect(_ name: String, frame wanted: Int?) throws {
    guard FileManager.default.fileExists(atPath: folder.log + "/" + name) else {
      throw Stop.unable("there is no segment \(name); redress log segments lists them")
    }
    var rows: [[String]] = []
    var frameCount = 0
    var found: RecordOverview?
    try LogSummary.forEachRecord(of: name, in: folder.log) { record in
      if record.isMark {
        rows.append(["mark", "\(record.offset)", "\(record.firstOrdinal)", "", "", "", "", "", ""])
        return
      }
      if frameCount == wanted { found = record }
      let end = record.firstOrdinal.advanced(by: record.commitCount - 1)
      rows.append([
        "\(frameCount)", "\(record.offset)", "\(record.firstOrdinal)–\(end)",
        "\(record.eventCount)", "\(record.tenants.count)", "\(record.lineByteCount)",
        "\(record.headerByteCount)", "\(record.frameByteCount)",
        ratio(record.lineByteCount, record.frameByteCount + record.headerByteCount),
      ])
      frameCount += 1
    }
    guard let wanted else {
      let columns = [
        "FRAME", "OFFSET", "COMMITS", "EVENTS", "TENANTS", "LINES", "HEADER", "DISK", "RATIO",
      ]
      return try Output.print(Table(columns, right: [0, 1, 3, 4, 5, 6, 7, 8]).text(rows))
    }
    guard let found else {
      throw Stop.unable("\(name) has no frame \(wanted); it has \(frameCount)")
    }
    try show(found)
  }

  private func show(_ record: RecordOverview) throws {
    try Output.print(
      """
      offset            \(record.offset)
      header            \(record.headerByteCount) bytes
      sealed            \(record.isSealed ? "yes" : "no")
      first commit      \(record.firstOrdinal)
      commits           \(record.commitCount)
      events            \(record.eventCount)
      acknowledged      every commit below \(record.durableUpTo)
      lines             \(record.lineByteCount) bytes
      frame             \(record.frameByteCount) bytes from offset \
      \(record.offset + record.headerByteCount), checksum \
      \(String(format: "%08x", record.frameChecksum)) (right)
      chain             \(record.chain)

      """)
    try Output.print(
      Table(["TENANT", "FIRST POSITION", "EVENTS"], right: [1, 2])
        .text(record.tenants.map { ["\($0.name)", "\($0.firstPosition)", "\($0.eventCount)"] }))
  }

  private func seal() throws {
    if let holder = folder.holder() {
      throw Stop.unable(
        "process \(holder.pid) serves \(folder.path) and seals full segments itself")
    }
    try folder.lock(socket: nil)
    let start = ContinuousClock.now
    var count = 0
    try LogSealing.seal(folder: folder.log) { report in
      count += 1
      // Where this cannot be written, the last line cannot either, and says so.
      try? Output.print(
        "\(report.segment): \(report.byteCountBefore) bytes became \(report.byteCount), "
          + "ratio \(ratio(report.lineByteCount, report.byteCount))")
    }
    try Output.print(
      count == 0
        ? "no segment was full and unsealed" : "\(count) sealed in \(seconds(since: start))"
    )
  }

  private func ratio(_ lines: Int, _ disk: Int) -> String {
    disk == 0 ? "–" : String(format: "%.1f", Double(lines) / Double(disk))
  }
}
