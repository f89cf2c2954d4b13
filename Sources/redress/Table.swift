// Formats rows as aligned columns.

struct Table {
  private let header: [String]
  /// The columns that hold numbers.
  private let right: Set<Int>

  init(_ header: [String], right: Set<Int> = []) {
    self.header = header
    self.right = right
  }

  func text(_ rows: [[String]]) -> String {
    let all = [header] + rows
    let widths = header.indices.map { column in
      all.filter { column > 0 || !$0.isHeading }.map { $0[column].count }.max() ?? 0
    }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
        if column > 0 { line += "  " }
        line += right.contains(column) ? padding + cell : cell + padding
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

extension [String] {
  /// Only the first cell says something, which may run on over the columns beside it.
  fileprivate var isHeading: Bool { count > 1 && dropFirst().allSatisfy(\.isEmpty) }
}
