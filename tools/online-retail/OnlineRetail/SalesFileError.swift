// What can be wrong with a shop's file, said so that its owner finds the place.

/// Why a file cannot be imported; nothing of it was submitted.
public enum SalesFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file cannot be opened or read, or is no valid Zstandard file.
  case unreadable(path: String, reason: String)
  /// The first line does not name the columns that are expected.
  case badHeader(found: String)
  /// A line that makes no sense, counted from 1.
  case badRow(line: Int, String)
  /// The file ends after its header.
  case noRows

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .badHeader(let found):
      "line 1: the columns must be \(SalesRow.header), found \(found.prefix(100))"
    case .badRow(let line, let problem): "line \(line): \(problem)"
    case .noRows: "the file has no rows"
    }
  }
}
