// The personal texts of a history in clear, one row each, in the order of positions; only in an
// export whose texts were opened. What an erasure made unreadable says so.

import EventSourcing
import Events
import PersonalData

/// The rows of `personal.csv`.
struct PersonalTable {
  static let path = "csv/personal.csv"

  private static let columns = [
    "position", "stream", "revision", "type", "field", "person", "text",
  ]

  private let vault: PersonalVault
  private var rows: [[String]] = []

  init(opening vault: PersonalVault) { self.vault = vault }

  /// - Throws: `PersonalDataError` for a text that is not what was written there.
  mutating func add(_ header: EventHeader, _ event: Event) throws {
    var recorded = RecordedEvent(header, event)
    try vault.open(&recorded)
    let start = [
      "\(header.position)", header.stream.rawValue, "\(header.revision)", header.type,
    ]
    var rows: [[String]] = []
    recorded.event.mapPersonal { text, field, subject in
      rows.append(start + [field.key, subject, text])
      return text
    }
    self.rows += rows
  }

  var csv: String { ([Self.columns] + rows).map(CommaSeparated.row).joined() }
}
