// The part of regular expressions that schemas may use, because it can be checked byte by byte
// without ever going back: classes and literals with counts, and a choice between literals, such as
// `^(customer|agent)/[A-Za-z0-9_-]{1,64}$`.

/// A pattern that is anchored at both ends.
struct Pattern {
  enum Part {
    case bytes([ClosedRange<UInt8>], count: ClosedRange<Int>)
    case choice([String])
  }

  static let identifier = "^[A-Za-z0-9_-]{1,64}$"

  var source: String
  var parts: [Part] = []

  /// - Returns: nil for a pattern that needs more than that.
  init?(_ source: String) {
    self.source = source
    guard source.hasPrefix("^"), source.hasSuffix("$"), source.utf8.allSatisfy({ $0 < 0x80 }) else {
      return nil
    }
    var rest = source.dropFirst().dropLast()
    while let part = Pattern.nextPart(of: &rest) { parts.append(part) }
    guard rest.isEmpty, !parts.isEmpty, isDeterministic else { return nil }
  }

  private static func nextPart(of rest: inout Substring) -> Part? {
    guard let first = rest.first else { return nil }
    switch first {
    case "(":
      guard let end = rest.firstIndex(of: ")") else { return nil }
      let choices = rest[rest.index(after: rest.startIndex)..<end].split(
        separator: "|", omittingEmptySubsequences: false)
      guard choices.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isLiteral) }) else { return nil }
      rest = rest[rest.index(after: end)...]
      guard !"{+*?".contains(rest.first ?? " ") else { return nil }
      return .choice(choices.map(String.init))
    case "[":
      guard let end = rest.firstIndex(of: "]"),
        let ranges = ranges(of: rest[rest.index(after: rest.startIndex)..<end])
      else { return nil }
      rest = rest[rest.index(after: end)...]
      return count(of: &rest).map { .bytes(ranges, count: $0) }
    default:
      guard isLiteral(first), let byte = first.asciiValue else { return nil }
      rest = rest.dropFirst()
      return count(of: &rest).map { .bytes([byte...byte], count: $0) }
    }
  }

  private static func isLiteral(_ character: Character) -> Bool {
    character.isASCII && !"\\^$.|?*+()[]{}".contains(character)
  }

  private static func ranges(of set: Substring) -> [ClosedRange<UInt8>]? {
    let bytes = Array(set.utf8)
    guard !bytes.isEmpty, !bytes.contains(where: { "\\[^".utf8.contains($0) }) else { return nil }
    var ranges: [ClosedRange<UInt8>] = []
    var index = 0
    while index < bytes.count {
      if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-") {
        guard bytes[index] <= bytes[index + 2] else { return nil }
        ranges.append(bytes[index]...bytes[index + 2])
        index += 3
      } else {
        ranges.append(bytes[index]...bytes[index])
        index += 1
      }
    }
    return ranges
  }

  /// `{3}`, `{1,64}` or nothing.
  private static func count(of rest: inout Substring) -> ClosedRange<Int>? {
    guard rest.first == "{" else {
      return "+*?".contains(rest.first ?? " ") ? nil : 1...1
    }
    guard let end = rest.firstIndex(of: "}") else { return nil }
    let numbers = rest[rest.index(after: rest.startIndex)..<end]
      .split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    rest = rest[rest.index(after: end)...]
    guard let low = numbers.first ?? nil, let high = numbers.last ?? nil, numbers.count <= 2,
      low <= high
    else { return nil }
    return low...high
  }

  /// Whether taking as many bytes as possible is always right.
  private var isDeterministic: Bool {
    for (part, next) in zip(parts, parts.dropFirst()) {
      guard case .bytes(let ranges, let count) = part, count.lowerBound < count.upperBound else {
        continue
      }
      guard case .bytes(let following, let needed) = next, needed.lowerBound > 0,
        !ranges.contains(where: { range in following.contains { $0.overlaps(range) } })
      else { return false }
    }
    return parts.allSatisfy { part in
      guard case .choice(let texts) = part else { return true }
      return !texts.contains { text in texts.contains { $0 != text && $0.hasPrefix(text) } }
    }
  }
}
