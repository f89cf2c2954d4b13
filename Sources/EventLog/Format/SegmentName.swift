// A segment is named by the ordinal of its first commit, in twenty digits, so that names sort as
// the history runs and a missing segment shows.

internal import EventSourcing

enum SegmentName {
  static let suffix = ".zst"
  /// The suffix of a sealed form that is still written; no reader opens such a file.
  static let unfinishedSuffix = ".sealing"
  private static let digitCount = 20

  static func name(firstOrdinal: Ordinal) -> String {
    let digits = String(firstOrdinal.value)
    return String(repeating: "0", count: digitCount - digits.count) + digits + suffix
  }

  static func firstOrdinal(of name: String) -> Ordinal? {
    guard name.hasSuffix(suffix) else { return nil }
    let digits = name.dropLast(suffix.count)
    guard digits.utf8.count == digitCount, digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let value = UInt64(digits)
    else { return nil }
    return Ordinal(value)
  }

  /// The first ordinals of a folder's segments, in order.
  ///
  /// - Throws: ``LogError/unexpectedFile(name:)`` for another file that ends in `.zst`.
  static func list(in folder: String, of fileSystem: any FileSystem) throws(LogError) -> [Ordinal] {
    var ordinals: [Ordinal] = []
    for name in try fileSystem.names(in: folder) where name.hasSuffix(suffix) {
      guard let ordinal = firstOrdinal(of: name) else { throw .unexpectedFile(name: name) }
      ordinals.append(ordinal)
    }
    return ordinals.sorted()
  }
}
