// Formats rows as aligned columns. What must hold: each row is one line, with any text in its
// cells, and no cell reaches into the next.

import EventSourcing

struct Table {
  private let header: [String]
  /// The columns that hold numbers.
  private let right: Set<Int>

  init(_ header: [String], right: Set<Int> = []) {
    self.header = header
    self.right = right
  }

  func text(_ rows: [[String]]) -> TerminalText {
    let all = ([header] + rows).map { row in row.map { TerminalText("\($0)") } }
    let widths = header.indices.map { column in
      all.filter { column > 0 || !$0.isHeading }.map { $0[column].columnCount }.max() ?? 0
    }
    return all.map { row in
      let last = row.lastIndex { $0 != "" } ?? 0
      return row[...last].enumerated().map { column, cell in
        let isRight = right.contains(column)
        return column == last && !isRight
          ? cell : cell.padded(to: widths[column], isRight: isRight)
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension [TerminalText] {
  /// Only the first cell says something, which may run on over the columns beside it.
  fileprivate var isHeading: Bool { count > 1 && dropFirst().allSatisfy { $0 == "" } }
}
