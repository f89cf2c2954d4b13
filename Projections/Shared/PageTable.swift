// The tables of pages. One implementation gives all of them the same behaviour in screen readers,
// when scrolling and in print.

package import HTML

/// One column of a table.
package struct Column<Row> {
  /// The typesetting of the cells, and their class in the stylesheet.
  package enum Setting: String {
    case plain = ""
    /// Right aligned, digits of one width.
    case number
    /// Breaks at any character.
    case id
    /// Text, in a wider column.
    case text
  }

  var title: HTML
  var setting: Setting
  /// Whether the cell names its row.
  var isHeader: Bool
  var cell: (Row) -> HTML?

  package init(
    _ title: HTML, _ setting: Setting = .plain, isHeader: Bool = false,
    cell: @escaping (Row) -> HTML?
  ) {
    self.title = title
    self.setting = setting
    self.isHeader = isHeader
    self.cell = cell
  }

  fileprivate var head: HTML {
    let name: HTML? = setting == .number ? " class=\"number\"" : nil
    return "<th scope=\"col\"\(name)>\(title)</th>"
  }

  fileprivate func body(_ row: Row) -> HTML {
    let name: HTML? = setting == .plain ? nil : " class=\"\(setting.rawValue)\""
    return isHeader
      ? "<th scope=\"row\"\(name)>\(cell(row))</th>" : "<td\(name)>\(cell(row))</td>"
  }
}

/// A section with a heading.
///
/// - Parameter id: names the section, in links and in the stylesheet.
package func section(_ id: String, _ title: String, _ content: HTML?...) -> HTML {
  """
  <section class="\(id)"><h2 id="\(id)">\(title)</h2>
  \(HTML(joining: content.compactMap(\.self)))</section>
  """
}

/// The rows as a table; for the section with this id.
///
/// - Parameter heading: the text of a row that spans the whole width instead of cells.
package func table<Row>(
  _ id: String, _ rows: some Sequence<Row>, _ columns: [Column<Row>],
  heading: (Row) -> HTML? = { _ in nil }
) -> HTML {
  let lines = rows.map { row -> HTML in
    if let heading = heading(row) {
      return "<tr><th scope=\"row\" colspan=\"\(columns.count)\">\(heading)</th></tr>"
    }
    return "<tr>\(HTML(concatenating: columns.map { $0.body(row) }))</tr>"
  }
  return """
    <div class="scroll" tabindex="0" role="region" aria-labelledby="\(id)"><table>
    <thead><tr>\(HTML(concatenating: columns.map(\.head)))</tr></thead>
    <tbody>
    \(HTML(joining: lines))
    </tbody></table></div>
    """
}

/// A section that is one table.
///
/// - Parameter none: the sentence in its place while there are no rows; without one, no section.
package func tableSection<Row>(
  _ id: String, _ title: String, _ rows: [Row], _ columns: [Column<Row>], none: String? = nil
) -> HTML {
  if rows.isEmpty { return none.map { section(id, title, "<p>\($0)</p>") } ?? "" }
  return section(id, title, table(id, rows, columns))
}

extension HTML {
  fileprivate init(concatenating pieces: [HTML]) {
    self.init(safe: pieces.map(\.markup).joined())
  }
}
