// The content of the page of checkpoints, for people and for programs.

import Audit
import Cryptography
import EventSourcing
import HTML
import JSON
import Projections
import Routing
import Transparency

struct CheckpointsPage {
  var tenant: TenantID
  /// `nil` before the first checkpoint.
  var history: SigningHistory?
  var keys: [VerifierKey]
  /// `nil` where checkpoints are not copied.
  var copies: Health.Copies?
  var now: Timestamp

  private static let rowsMax = 366

  var page: Page {
    Page(
      title: "Checkpoints of \(tenant)",
      body: """
        <h1>Checkpoints of \(tenant)</h1>
        <p><a href="?format=json">As JSON</a></p>
        \(history.map(content) ?? "<p>Nothing is signed yet.</p>")
        \(copySection)
        """)
  }

  private func content(_ history: SigningHistory) -> HTML {
    HTML(joining: [newest(history), gaps(history.record), days(history)])
  }

  private func newest(_ history: SigningHistory) -> HTML {
    let cosigners = cosigners(of: history.note)
    return section(
      "newest", "The newest",
      factList([
        ("Events", "\(grouped(Int(history.head.size)))"),
        ("Not yet signed", "\(grouped(history.record.unsignedCount))"),
        ("Last event recorded (UTC)", history.lastRecorded.map { time("\($0)") }),
        ("Root", "\(Base64.encode(history.head.root.bytes))"),
        ("Signed by", "\(signers(of: history.note).map(\.vkey).joined(separator: ", "))"),
        ("Cosigned by", "\(cosigners.isEmpty ? "nobody" : cosigners.joined(separator: ", "))"),
        ("The note", link("/v1/checkpoint?tenant=\(tenant)", "Signed note")),
      ]))
  }

  private func gaps(_ record: SigningRecord) -> HTML {
    guard record.since != nil else { return "" }
    return tableSection(
      "gaps", "Days with events of which none was signed", record.gaps,
      [
        Column("Day", isHeader: true) { "\($0.day)" },
        Column("Events", .number) {
          "\(grouped(Int($0.positions.upperBound.value - $0.positions.lowerBound.value) + 1))"
        },
        Column("First position", .number) { "\($0.positions.lowerBound)" },
        Column("Signed on") { $0.signedOn.map { "\($0)" } ?? "a later day" },
      ], none: "There is none since the first kept checkpoint.")
  }

  private func days(_ history: SigningHistory) -> HTML {
    typealias Row = (kept: SigningHistory.Kept, added: Int)
    let rows = added(history.kept).reversed()
    return tableSection(
      "days", "The last of each day (UTC)", Array(rows.prefix(Self.rowsMax)),
      [
        Column<Row>("Day", isHeader: true) { "\($0.kept.day)" },
        Column<Row>("Events", .number) { "\(grouped(Int($0.kept.head.size)))" },
        Column<Row>("Added", .number) { "\(grouped($0.added))" },
        Column<Row>("Cosigned by", .id) {
          "\(cosigners(of: $0.kept.note).joined(separator: ", "))"
        },
        Column<Row>("Root", .id) { "\(Base64.encode($0.kept.head.root.bytes))" },
      ], none: "None is kept yet.")
  }

  private var copySection: HTML {
    guard let copies else {
      return section(
        "copies", "Copies outside", "<p>None are made; redress serve --publish makes them.</p>")
    }
    let age = copies.lastCopy.map { ($0, (now.microseconds - $0.microseconds) / 60_000_000) }
    return section(
      "copies", "Copies outside",
      factList([
        (
          "Last copy since the start (UTC)",
          age.map { "\(time("\($0.0)")), \(grouped(Int($0.1))) minutes ago" } ?? "none yet"
        ),
        ("Checkpoints without a copy", "\(grouped(copies.waiting.count))"),
      ]))
  }

  // MARK: The same for programs

  static let shape = JSONShape.object([
    "tenant": .text, "newest": .nullable(head), "lastRecorded": .nullable(.time),
    "keys": .list(.text), "signing": .nullable(.map(.any)),
    "days": .list(head.with(["day": .text, "added": .wholeNumber])),
    "copies": .nullable(.object(["last": .nullable(.time), "waiting": .wholeNumber])),
  ])

  private static let head = JSONShape.object([
    "size": .wholeNumber, "root": .text, "cosignedBy": .list(.text),
  ])

  var json: JSONValue {
    let days = added(history?.kept ?? []).map { json(of: $0.kept, added: $0.added) }
    let members: [JSONValue.Member] = [
      .init("tenant", .string("\(tenant)")),
      .init("newest", history.map { json(of: $0.head, $0.note) } ?? .null),
      .init("lastRecorded", json(of: history?.lastRecorded)),
      .init("keys", .array(keys.map { .string($0.vkey) })),
      .init("signing", history?.record.json ?? .null),
      .init("days", .array(days)),
      .init("copies", copies.map(json) ?? .null),
    ]
    return .object(members)
  }

  private func json(of copies: Health.Copies) -> JSONValue {
    .object([
      .init("last", json(of: copies.lastCopy)),
      .init("waiting", .integer(Int64(copies.waiting.count))),
    ])
  }

  private func json(of time: Timestamp?) -> JSONValue { time.map { .string("\($0)") } ?? .null }

  private func json(of kept: SigningHistory.Kept, added: Int) -> JSONValue {
    let more: [JSONValue.Member] = [
      .init("day", .string("\(kept.day)")), .init("added", .integer(Int64(added))),
    ]
    return .object(more + (json(of: kept.head, kept.note).members ?? []))
  }

  private func json(of head: TreeHead, _ note: SignedNote) -> JSONValue {
    .object([
      .init("size", .integer(Int64(head.size))),
      .init("root", .string(Base64.encode(head.root.bytes))),
      .init("cosignedBy", .array(cosigners(of: note).map(JSONValue.string))),
    ])
  }

  /// With the number of events that each has more than the one before.
  private func added(
    _ kept: [SigningHistory.Kept]
  ) -> [(kept: SigningHistory.Kept, added: Int)] {
    var before = 0
    return kept.map { kept in
      let size = Int(kept.head.size)
      defer { before = size }
      return (kept: kept, added: size - before)
    }
  }

  private func signers(of note: SignedNote) -> [VerifierKey] {
    keys.filter { key in note.signatures.contains { $0.name == key.name && $0.keyID == key.id } }
  }

  /// Witnesses, by name; a cosignature is verified before it is kept.
  private func cosigners(of note: SignedNote) -> [String] {
    let own = Set(keys.map(\.name))
    return note.signatures.map(\.name).filter { !own.contains($0) }
  }
}
