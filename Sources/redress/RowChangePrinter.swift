// Prints the rows that differ between two points of the history, one after another.

import Audit
import EventSourcing
import JSON
import Projecting

struct RowChangePrinter {
  enum Format: String, CaseIterable {
    case text, json
    /// One row for each value that differs; a row without such values has one.
    case csv
  }

  private let format: Format
  private var output: [UInt8] = []
  private var count = 0

  private static let columns = [
    "readModel", "table", "change", "key", "column", "before", "after", "positions", "types",
  ]

  /// - Parameters:
  ///   - from: what the earlier point is called.
  ///   - to: what the later one is called.
  init(_ format: Format, from: String, to: String) {
    self.format = format
    switch format {
    case .text: append("from \(from)\nto   \(to)\n" as TerminalText)
    case .json:
      append("{\"from\":")
      output.appendJSON(from)
      append(",\"to\":")
      output.appendJSON(to)
      append(",\"changes\":[")
    case .csv: append(CommaSeparated.row(Self.columns))
    }
  }

  mutating func print(_ change: RowChange) throws {
    switch format {
    case .text: append(change.text)
    case .json:
      append(count > 0 ? ",\n" : "\n")
      change.json.writeJSON(to: &output)
    case .csv: append(change.rows.map(CommaSeparated.row).joined())
    }
    count += 1
    try Output.drain(&output)
  }

  mutating func finish() throws {
    switch format {
    case .text:
      append(count == 0 ? "\nno row differs\n" : "\n\(count) rows differ\n" as TerminalText)
    case .json: append("\n]}\n")
    case .csv: break
    }
    try Output.drain(&output, from: 0)
  }

  private mutating func append(_ text: TerminalText) { append(text.description) }

  private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }
}

extension RowChange {
  private var keyText: String { key.map(\.value.word).joined(separator: " ") }

  /// The row, its values that differ, and its events, each on a line. What a whole row does not
  /// have is left out.
  fileprivate var text: TerminalText {
    let values = columns.compactMap { column -> TerminalText? in
      let values = [column.before, column.after].compactMap(\.self)
      if values == [.null] { return nil }
      return "  \(column.name): \(values.map(\.word).joined(separator: " → "))\n"
    }
    let causes = events.map { event -> TerminalText in
      "  by \(event.position) \(event.type), \(event.actor) at \(event.time)\n"
    }
    return "\n\(readModel) \(table) \(keyText): \(kind.rawValue)\n"
      + values.joined() + causes.joined()
  }

  fileprivate var json: JSONValue {
    .object([
      .init("readModel", .string(readModel)), .init("table", .string(table)),
      .init("change", .string(kind.rawValue)), .init("key", .object(key)),
      .init("columns", .object(columns.map { .init($0.name, $0.json) })),
      .init("events", .array(events.map(\.json))),
    ])
  }

  fileprivate var rows: [[String]] {
    let positions = events.map { "\($0.position)" }.joined(separator: " ")
    let types = events.map(\.type).joined(separator: " ")
    let start = [readModel, table, kind.rawValue, keyText]
    let values = columns.map { column in
      [column.name]
        + [column.before, column.after].map { $0 == .null ? "" : $0?.plainText ?? "" }
    }
    return (values.isEmpty ? [["", "", ""]] : values).map { start + $0 + [positions, types] }
  }
}

extension RowChange.Column {
  /// What there was is left out of a new row, and what there is of one that is gone.
  fileprivate var json: JSONValue {
    .object(
      [before.map { .init("before", $0) }, after.map { .init("after", $0) }].compactMap(\.self))
  }
}

extension CausingEvent {
  fileprivate var json: JSONValue {
    .object([
      .init("position", .integer(Int64(position.value))), .init("type", .string(type)),
      .init("actor", .string("\(actor)")), .init("time", .string("\(time)")),
    ])
  }
}

extension JSONValue {
  /// The plain text where there is one.
  fileprivate var word: String { self == .string("") ? "\"\"" : plainText }

  /// A text without its quotation marks; any other value as JSON.
  fileprivate var plainText: String {
    if case .string(let text) = self { text } else { String(decoding: json, as: UTF8.self) }
  }
}
