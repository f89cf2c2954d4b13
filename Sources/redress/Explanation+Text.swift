// An explanation for a terminal: its title, its facts, and its tables.

import Audit
import Domain
import EventSourcing

extension ExplanationReport {
  var text: TerminalText {
    (["\(title)", factList] + sections.map { "\($0.title)\n\(table(of: $0))" })
      .joined(separator: "\n\n") + "\n"
  }

  private var factList: TerminalText {
    let pairs =
      [("tenant", tenant.rawValue)]
      + facts.compactMap { fact in
        fact.value == .none ? nil : (fact.key.words, text(of: fact.value, withCurrency: true))
      }
    let width = pairs.map(\.0.count).max() ?? 0
    return pairs.map { name, value in
      TerminalText("\(name)").padded(to: width + 2) + "\(value)"
    }.joined(separator: "\n")
  }

  private func table(of section: Section) -> TerminalText {
    let right = section.columns.indices.filter { column in
      section.rows.contains { $0[column].isNumber }
    }
    return Table(section.columns.map { $0.words.uppercased() }, right: Set(right)).text(
      section.rows.map { $0.map { text(of: $0, withCurrency: false) } })
  }

  private func text(of value: Value, withCurrency: Bool) -> String {
    switch value {
    case .text(let text): text
    case .number(let number): "\(number)"
    case .amount(let amount): money(amount, withCurrency: withCurrency)
    case .time(let time): time.description
    case .none: ""
    }
  }

  private func money(_ amount: Int, withCurrency: Bool) -> String {
    guard let currency else { return "\(amount)" }
    let size = Money(abs(amount), currency)
    return (amount < 0 ? "−" : "") + (withCurrency ? size.description : size.digits)
  }
}

extension String {
  /// `unitPrice` as `unit price`.
  fileprivate var words: String {
    reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : "\($1)" }
  }
}
