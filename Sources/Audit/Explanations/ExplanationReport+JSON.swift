// An explanation for programs, as one JSON object. Amounts are whole minor units of `currency`.

import EventSourcing
import Events
public import JSON

extension ExplanationReport {
  /// The same content as the text and the page.
  public var json: JSONValue {
    .object([
      .init("kind", .string(kind)), .init("id", .string(id)),
      .init("tenant", .string(tenant.rawValue)),
      .init("currency", currency.map { .string($0.rawValue) } ?? .null),
      .init("title", .string(title)),
      .init("facts", .object(facts.map { .init($0.key, $0.value.json) })),
      .init("sections", .array(sections.map(\.json))),
    ])
  }
}

extension ExplanationReport.Section {
  fileprivate var json: JSONValue {
    .object([
      .init("name", .string(name)), .init("title", .string(title)),
      .init("position", position.map { .integer(Int64($0.value)) } ?? .null),
      .init(
        "rows",
        .array(
          rows.map { row in
            .object(zip(columns, row).map { .init($0, $1.json) })
          })),
    ])
  }
}

extension ExplanationReport.Value {
  fileprivate var json: JSONValue {
    switch self {
    case .text(let text): .string(String(text.trimmingPrefix { $0 == " " }))
    case .number(let number), .amount(let number): .integer(Int64(number))
    case .time(let time): .string(time.description)
    case .none: .null
    }
  }
}
