// A derivation as a table with columns that line up, which tests compare.

import Domain
import Events

extension Derivation {
  /// The table with columns that line up, a line of text for each row.
  var table: String {
    let header = ["", "calculation", "rounding", currency.rawValue]
    let cells = rows.map { row in
      [row.what, row.calculation, row.rounding, row.amount.map(signed) ?? ""]
    }
    let headings = Set(rows.indices.filter { rows[$0].amount == nil }.map { $0 + 1 })
    let all = [header] + cells
    // A heading may run on over the empty columns beside it.
    let widths = header.indices.map { column in
      all.indices.filter { column > 0 || !headings.contains($0) }
        .map { all[$0][column].count }.max() ?? 0
    }
    return all.map { row in
      var line = row[0].padded(to: widths[0])
      line += "  " + row[1].padded(to: widths[1]) + "  " + row[2].padded(to: widths[2])
      line += "  " + String(repeating: " ", count: widths[3] - row[3].count) + row[3]
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  private func signed(_ amount: Int) -> String {
    amount < 0 ? "−\(Money(-amount, currency).digits)" : Money(amount, currency).digits
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
