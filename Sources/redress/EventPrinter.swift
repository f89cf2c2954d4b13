// Prints events to standard output in one of several forms. What must hold: the JSON of an event is
// the log's own line, byte for byte, unless its personal texts are opened.

import Audit
import EventSourcing
import Events
import PersonalData

/// Prints events one after another.
struct EventPrinter {
  enum Format: String, CaseIterable {
    /// Each event as the log has it, one on each line.
    case json
    /// One line for each event that people read.
    case text
    /// One row for each event (RFC 4180), with the data as JSON in the last column.
    case csv
    /// All events as one JSON array, `application/cloudevents-batch+json`.
    case cloudevents
  }

  private let format: Format
  /// Opens personal texts; `nil` leaves them sealed.
  private let vault: PersonalVault?
  private var output: [UInt8] = []
  private var count = 0

  private static let columns = [
    "tenant", "position", "time", "recordedTime", "type", "version", "stream", "revision", "actor",
    "peerUid", "principal", "commandId", "causation", "correlation", "data",
  ]

  init(_ format: Format, opening vault: PersonalVault? = nil) {
    (self.format, self.vault) = (format, vault)
    switch format {
    case .json: break
    case .text:
      output.append(contentsOf: Self.row("TENANT", "POSITION", "TIME", "ACTOR", "TYPE", "STREAM"))
    case .csv:
      output.append(contentsOf: CommaSeparated.row(Self.columns).utf8)
    case .cloudevents: output.append(UInt8(ascii: "["))
    }
  }

  /// Whether the form says more than the line itself.
  var needsHeader: Bool { format == .text || format == .csv }

  /// - Parameter header: of the same line; it may be missing unless ``needsHeader``.
  mutating func print(_ line: UnsafeRawBufferPointer, _ header: EventHeader?) throws {
    guard let vault, line.firstRange(of: Self.sealedStart) != nil else {
      return try printAsItIs(line, header)
    }
    var recorded = try RecordedEvent(line: line)
    try vault.open(&recorded)
    var opened: [UInt8] = []
    recorded.write(to: &opened)
    try opened.withUnsafeBytes { try printAsItIs($0, header == nil ? nil : EventHeader(line: $0)) }
  }

  private static let sealedStart = Array("\"\(PersonalText.sealedPrefix)".utf8)

  private mutating func printAsItIs(
    _ line: UnsafeRawBufferPointer, _ header: EventHeader?
  ) throws {
    switch (format, header) {
    case (.text, let header?):
      output.append(
        contentsOf: Self.row(
          header.tenant.rawValue, header.position.description, header.time.description,
          header.actor.rawValue, header.type, header.stream.rawValue))
    case (.csv, let header?):
      appendCSV(header, data: UnsafeRawBufferPointer(rebasing: line[header.data]))
    case (.cloudevents, _):
      if count > 0 { output.append(UInt8(ascii: ",")) }
      output.append(UInt8(ascii: "\n"))
      output.append(contentsOf: line)
    case (.json, _), (.text, nil), (.csv, nil):
      output.append(contentsOf: line)
      output.append(UInt8(ascii: "\n"))
    }
    count += 1
    try Output.drain(&output)
  }

  mutating func finish() throws {
    if format == .cloudevents { output.append(contentsOf: "\n]\n".utf8) }
    try flush()
  }

  /// Writes what was collected.
  mutating func flush() throws { try Output.drain(&output, from: 0) }

  private static func row(
    _ tenant: String, _ position: String, _ time: String, _ actor: String, _ type: String,
    _ stream: String
  ) -> [UInt8] {
    func padded(_ text: String, _ columnCount: Int, isRight: Bool = false) -> TerminalText {
      TerminalText("\(text)").padded(to: columnCount, isRight: isRight)
    }
    let cells = [
      padded(tenant, 12), padded(position, 9, isRight: true), padded(time, Timestamp.length),
      padded(actor, 26), padded(type, typeWidth), "\(stream)",
    ]
    return Array((cells.joined(separator: "  ") + "\n").description.utf8)
  }

  private static let typeWidth = Event.types.map(\.count).max() ?? 0

  private mutating func appendCSV(_ header: EventHeader, data: UnsafeRawBufferPointer) {
    let cells = [
      header.tenant.rawValue, header.position.description, header.time.description,
      header.recordedTime.description, header.type, "\(header.version)", header.stream.rawValue,
      header.revision.description, header.actor.rawValue, "\(header.peerUID)",
      header.principal?.rawValue ?? "", header.commandID.rawValue,
      header.causation?.description ?? "", header.correlation ?? "",
      String(decoding: data, as: UTF8.self),
    ]
    output.append(contentsOf: CommaSeparated.row(cells).utf8)
  }
}
