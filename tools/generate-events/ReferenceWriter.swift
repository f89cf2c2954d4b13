// The reference of the manual, in Markdown: a page for each aggregate with its commands and events,
// and a page of the types that they share. It is made from the schemas and permissions.json alone,
// so it says what the decoder accepts. The pages are kept in the repository; tools/docs compares
// them.

import Foundation
import JSON

/// Makes the pages of a folder of schemas.
struct ReferenceWriter {
  /// A page: what it is called, what its streams begin with, and what it is about.
  static let pages: [(name: String, stream: String, about: String)] = [
    ("Tenant", "tenant", "A tenant, its people, settings, policies, calendars and shop."),
    ("Customer", "customer", "A customer and their personal details."),
    ("Privacy", "privacy", "Erasures of persons, and legal holds that prevent them."),
    ("Order", "order", "An order mirrored from the shop, and its refundable balance."),
    ("Case", "case", "A support case: messages, evidence, chargebacks, targets."),
    ("Refund", "refund", "A refund, from its request to the money."),
    ("Return", "return", "A return of items, from its request to its completion."),
    ("PayoutHold", "hold", "A part of a seller's payout that is kept back."),
    ("System", "system", "What concerns the service itself, in the tenant _system (T3)."),
    ("Command", "command", "Outcomes of commands that led to nothing else."),
  ]

  private let types: [(key: String, node: Node)]
  private let permissions: Node
  private let messages: [Entry]

  init(folder: URL) throws {
    types = try Self.node("types.json", in: folder).required("$defs").members()
    permissions = try Self.node("permissions.json", in: folder).required("commands")
    messages = try Self.entries(.command, in: folder) + Self.entries(.event, in: folder)
    for message in messages where !Self.pages.contains(where: { $0.stream == message.page }) {
      throw message.latest.failure("the reference has no page for its stream")
    }
  }

  /// The files of the reference.
  func files() throws -> [(name: String, text: String)] {
    try Self.pages.map { ("\($0.name)Reference.md", try page($0.name, $0.stream, $0.about)) } + [
      ("TypesReference.md", try typesPage())
    ]
  }

  /// All versions of one command or event, the oldest first.
  private struct Entry {
    var family: Family
    var name: String
    var versions: [Node]

    var latest: Node { versions[versions.count - 1] }
    var stream: String {
      latest[family == .event ? "x-stream" : "x-target"]?.value.string ?? ""
    }
    var page: String { stream.split(separator: "/").first.map(String.init) ?? "" }
  }

  private static func node(_ file: String, in folder: URL) throws -> Node {
    let data = try Data(contentsOf: folder.appendingPathComponent(file))
    return Node(file: file, path: "$", value: try JSONValue(parsing: [UInt8](data)))
  }

  private static func entries(_ family: Family, in folder: URL) throws -> [Entry] {
    let subfolder = folder.appendingPathComponent("\(family.rawValue)s")
    let files = try FileManager.default.contentsOfDirectory(atPath: subfolder.path)
    var versions: [String: [Int: Node]] = [:]
    for file in files where file.hasSuffix(".json") {
      let parts = file.split(separator: ".")
      guard parts.count == 3, let version = Int(parts[1]) else { continue }
      versions[String(parts[0]), default: [:]][version] = try node(file, in: subfolder)
    }
    return versions.sorted { $0.key < $1.key }.map { name, versions in
      Entry(
        family: family, name: name,
        versions: versions.sorted { $0.key < $1.key }.map(\.value))
    }
  }
}

extension ReferenceWriter {
  private func page(_ name: String, _ stream: String, _ about: String) throws -> String {
    var lines = ["# Reference: \(name)", "", about, ""]
    lines += [
      "Generated from `EventSchemas/`. A field is required where nothing else is said.",
      "",
    ]
    for family in [Family.command, .event] {
      let entries = messages.filter { $0.family == family && $0.page == stream }
      if entries.isEmpty { continue }
      lines += ["## \(family == .command ? "Commands" : "Events")", ""]
      for entry in entries { lines += try section(of: entry) }
    }
    return text(lines)
  }

  private func section(of entry: Entry) throws -> [String] {
    var lines = ["### \(entry.name)", "", try entry.latest.required("description").string(), ""]
    if entry.family == .command {
      lines += ["- Permission: \(try permission(of: entry))"]
    } else {
      lines += ["- Stream: `\(entry.stream)`"]
    }
    lines += ["- Version: \(entry.versions.count)", ""]
    let fields = try entry.latest.required("properties").members()
    if fields.isEmpty {
      lines += ["It has no fields.", ""]
    } else {
      lines += try table(of: entry.latest) { key in
        entry.versions.firstIndex { $0["properties"]?[key] != nil }
          .flatMap { $0 == 0 ? nil : "since version \($0 + 1)" }
      }
    }
    if let example = entry.latest["examples"]?.value.elements?.first {
      lines += ["```json", pretty(example), "```", ""]
    }
    return lines
  }

  /// The permission that a command needs, or one for each value of the field that decides it.
  private func permission(of entry: Entry) throws -> String {
    let needed = try permissions.required(entry.name)
    if needed.value.string != nil { return try link(to: needed) }
    return try needed.members().flatMap { field, values in
      try values.members().map { value, permission in
        "\(try link(to: permission)) where `\(field)` is `\(value)`"
      }
    }.joined(separator: ", ")
  }

  private func link(to permission: Node) throws -> String {
    "[\(try permission.string())](../../../Domain/Documentation.docc/Rules.md#permissions)"
  }

  private func typesPage() throws -> String {
    var lines = ["# Reference: shared types", "", "The types that commands and events share.", ""]
    for (name, node) in types {
      lines += ["## \(name)", "", try node.required("description").string(), ""]
      if node["properties"] != nil {
        lines += try table(of: node) { _ in nil }
      } else {
        lines += [try rule(of: node).capitalized(by: 1) + ".", ""]
      }
    }
    return text(lines)
  }

  /// The fields of an object, a row for each.
  private func table(
    of node: Node, note: (_ key: String) -> String?
  ) throws -> [String] {
    let required = try node["required"]?.strings() ?? []
    var lines = ["| field | type | notes |", "| --- | --- | --- |"]
    for (key, field) in try node.required("properties").members() {
      var notes: [String] = []
      if !required.contains(key) { notes.append("optional") }
      if let added = note(key) { notes.append(added) }
      if let subject = field["x-personal"]?.value.string {
        notes.append("personal: encrypted under the key of `\(subject)`")
      }
      if let description = field["description"]?.value.string { notes.append(description) }
      let cells = ["`\(key)`", try rule(of: field), notes.joined(separator: "; ")]
      lines.append("| " + cells.map(cell).joined(separator: " | ") + " |")
    }
    return lines + [""]
  }

  /// What a value may be, in words.
  private func rule(of node: Node) throws -> String {
    if let reference = node["$ref"]?.value.string {
      let name = reference.split(separator: "/").last.map(String.init) ?? reference
      return "[\(name)](TypesReference.md#\(name.lowercased()))"
    }
    switch try node.required("type").string() {
    case "array":
      return "list of \(span(node, "minItems", "maxItems")) × "
        + (try rule(of: node.required("items")))
    case "boolean": return "`true` or `false`"
    case "integer": return "whole number, \(span(node, "minimum", "maximum"))"
    default: break
    }
    if let choices = node["enum"] {
      return "one of " + (try choices.strings().map { "`\($0)`" }.joined(separator: ", "))
    }
    if let pattern = node["pattern"]?.value.string { return "text that matches `\(pattern)`" }
    switch node["format"]?.value.string {
    case "date-time": return "time in UTC, such as `2026-01-16T10:00:00.123456Z`"
    case "date": return "date, such as `2026-01-16`"
    default: return "text of \(span(node, "minLength", "maxLength")) characters"
    }
  }

  private func span(_ node: Node, _ low: String, _ high: String) -> String {
    "\(node[low]?.value.integer ?? 0) to \(node[high]?.value.integer ?? 0)"
  }

  private func cell(_ text: String) -> String {
    text.replacingOccurrences(of: "|", with: "\\|")
  }

  private func text(_ lines: [String]) -> String {
    lines.dropLast().joined(separator: "\n") + "\n"
  }
}

extension String {
  fileprivate func capitalized(by count: Int) -> String {
    prefix(count).uppercased() + dropFirst(count)
  }
}

/// JSON with a line for each member and element.
private func pretty(_ value: JSONValue, indentation: String = "") -> String {
  let inner = indentation + "  "
  switch value {
  case .object(let members) where !members.isEmpty:
    let lines = members.map { member in
      let key = String(decoding: JSONValue.string(member.key).json, as: UTF8.self)
      return "\(inner)\(key): \(pretty(member.value, indentation: inner))"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
  case .array(let elements) where !elements.isEmpty:
    let lines = elements.map { inner + pretty($0, indentation: inner) }
    return "[\n" + lines.joined(separator: ",\n") + "\n\(indentation)]"
  default: return String(decoding: value.json, as: UTF8.self)
  }
}
