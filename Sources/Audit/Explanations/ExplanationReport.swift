// What an explanation says, as named values and tables of them. Text and JSON are two renderings of
// this one structure, so they cannot differ. What must hold: the keys are those of the manual.

public import EventSourcing
public import Events

/// The explanation of one thing: its facts, and sections that each hold one table.
public struct ExplanationReport: Equatable, Sendable {
  /// A value of a fact or a cell.
  public enum Value: Equatable, Sendable {
    case text(String)
    case number(Int)
    /// Minor units of the report's currency.
    case amount(Int)
    case time(Timestamp)
    case none
  }

  /// A value with its name.
  public struct Fact: Equatable, Sendable {
    public var key: String
    public var value: Value
  }

  /// One table under a title.
  public struct Section: Equatable, Sendable {
    /// What the table holds; several sections may have the same name.
    public var name: String
    public var title: String
    /// The event that the section is about.
    public var position: Position?
    /// The columns, by their keys.
    public var columns: [String]
    public var rows: [[Value]]
  }

  /// The kind of thing, as the command line names it.
  public var kind: String
  public var id: String
  public var tenant: TenantID
  /// The currency of all amounts; `nil` where there are none.
  public var currency: CurrencyCode?
  /// One line that says what the thing is.
  public var title: String
  public var facts: [Fact]
  public var sections: [Section]
}

extension ExplanationReport {
  init(
    _ kind: String, _ id: String, of tenant: TenantID, in currency: CurrencyCode? = nil,
    title: String, facts: KeyValuePairs<String, Value>, sections: [Section?]
  ) {
    self.init(
      kind: kind, id: id, tenant: tenant, currency: currency, title: title,
      facts: facts.map { Fact(key: $0.key, value: $0.value) },
      sections: sections.compactMap(\.self).filter { !$0.rows.isEmpty })
  }
}

extension ExplanationReport.Value {
  /// Whether a table aligns it by its digits.
  public var isNumber: Bool {
    switch self {
    case .number, .amount: true
    case .text, .time, .none: false
    }
  }

  static func text(_ text: (some CustomStringConvertible)?) -> Self {
    text.map { .text($0.description) } ?? .none
  }

  static func word(_ word: (some RawRepresentable<String>)?) -> Self {
    word.map { .text($0.rawValue) } ?? .none
  }

  static func number(_ number: Int?) -> Self { number.map { .number($0) } ?? .none }
  static func amount(_ amount: Int?) -> Self { amount.map { .amount($0) } ?? .none }
  static func time(_ time: Timestamp?) -> Self { time.map { .time($0) } ?? .none }
  static func flag(_ flag: Bool) -> Self { .text(flag ? "yes" : "no") }
}

extension ExplanationReport.Section {
  init(
    _ name: String, _ title: String, at position: Position? = nil, _ columns: [String],
    _ rows: [[ExplanationReport.Value]]
  ) {
    self.init(name: name, title: title, position: position, columns: columns, rows: rows)
  }

  /// What happened, one event after another.
  static func course(
    _ events: [RecordedEvent], _ title: String = "What happened", in currency: CurrencyCode?
  ) -> Self {
    let words = EventWords(currency: currency)
    return Self(
      "course", title, ["position", "time", "actor", "event", "detail"],
      events.map { recorded in
        [
          .number(Int(recorded.position.value)), .time(recorded.time),
          .text(recorded.actor.rawValue),
          .text(recorded.event.type), .text(words.words(of: recorded.event)),
        ]
      })
  }
}
