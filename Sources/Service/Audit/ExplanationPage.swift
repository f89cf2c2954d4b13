// An explanation as a page: its title, its facts, and its tables, in the order of the report. IDs
// lead to the explanations of what they name.

import Audit
import EventSourcing
import Events
import HTML
import Projections

extension ExplanationReport {
  var page: Page {
    Page(
      title: title,
      body: """
        <nav aria-label="Where you are">\(whole)</nav>
        <h1>\(title)</h1>
        <p><a href="?format=json">As JSON</a></p>
        \(factsSection(facts.map { ($0.key.label, html(of: $0.value, named: $0.key)) }))
        \(HTML(joining: sections.enumerated().map { table($1, number: $0 + 1) }))
        """)
  }

  /// By key of a value, the kind of what it names.
  private static let explained = [
    "refundId": "refund", "returnId": "return", "orderId": "order", "caseId": "case",
  ]

  /// The link to the page of the thing itself, where it has one.
  private var whole: HTML {
    let all = "/tenants/\(tenant)"
    return switch kind {
    case "refund": link("\(all)/refunds/\(id)", "The refund")
    case "return", "policy": link("\(all)/returns/\(id)", "The return")
    case "case": link("\(all)/cases/\(id)", "The case")
    default: link("\(all)/refunds", "All refunds")
    }
  }

  private func table(_ section: Section, number: Int) -> HTML {
    let position: HTML? = section.position.map { position in
      "<p>Event \(link(path("position", "\(position)"), position)).</p>"
    }
    let columns = section.columns.enumerated().map { index, key in
      let setting = setting(of: section.rows.lazy.map { $0[index] }, named: key)
      return Column<[Value]>("\(key.label)", setting, isHeader: index == 0) {
        html(of: $0[index], named: key)
      }
    }
    let id = "\(section.name)-\(number)"
    return Projections.section(
      id, section.title, position, Projections.table(id, section.rows, columns))
  }

  private func setting(
    of cells: some Sequence<Value>, named key: String
  ) -> Column<[Value]>.Setting {
    switch cells.first(where: { $0 != .none }) {
    case .number, .amount: .number
    case .time: .plain
    case .text, .some(.none), nil: key == "detail" ? .text : .id
    }
  }

  private func html(of value: Value, named key: String) -> HTML? {
    switch value {
    case .none: return nil
    case .time(let instant): return time("\(instant)")
    case .amount(let amount):
      return currency.map { "\(money(amount, $0.rawValue))" } ?? "\(grouped(amount))"
    case .number(let number):
      return key == "position" ? link(path("position", "\(number)"), number) : "\(number)"
    case .text(let text):
      return Self.explained[key].map { link(path($0, text), text) } ?? "\(text)"
    }
  }

  private func path(_ kind: String, _ id: String) -> String {
    "/tenants/\(tenant)/explain/\(kind)/\(id)"
  }

  private func link(_ path: String, _ text: some CustomStringConvertible) -> HTML {
    Projections.link(path, text.description)
  }
}

extension String {
  /// `Unit price` of `unitPrice`, `Case` of `caseId`.
  fileprivate var label: String {
    let words = reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : "\($1)" }
    let named = words.hasSuffix(" id") ? String(words.dropLast(3)) : words
    let label = named.prefix(1).uppercased() + named.dropFirst()
    return label.replacing("sha256", with: "SHA-256")
  }
}
