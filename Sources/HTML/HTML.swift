// Text for a browser that cannot be mistaken: what is written in the source is markup, what is
// interpolated is text and gets escaped. Only HTML inside HTML is taken as it is.

/// A piece of a page.
public struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
  public private(set) var markup: String

  public init(stringLiteral markup: String) { self.markup = markup }

  public init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

  /// Pieces one after another.
  public init(joining pieces: some Sequence<HTML>) {
    markup = pieces.map(\.markup).joined(separator: "\n")
  }

  /// Markup that something else has made safe, such as `Markdown.html`.
  public init(safe markup: String) { self.markup = markup }

  public static let empty: HTML = ""

  public struct StringInterpolation: StringInterpolationProtocol {
    var markup = ""

    public init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    public mutating func appendLiteral(_ literal: String) { markup += literal }

    public mutating func appendInterpolation(_ piece: HTML) { markup += piece.markup }

    /// Nothing where there is none.
    public mutating func appendInterpolation(_ piece: HTML?) { markup += piece?.markup ?? "" }

    public mutating func appendInterpolation(_ text: some CustomStringConvertible) {
      for character in text.description.unicodeScalars {
        switch character {
        case "&": markup += "&amp;"
        case "<": markup += "&lt;"
        case ">": markup += "&gt;"
        case "\"": markup += "&quot;"
        case "'": markup += "&#39;"
        default: markup.unicodeScalars.append(character)
        }
      }
    }
  }
}

/// A page without its shell.
public struct Page: Sendable, Hashable {
  public var title: String
  public var body: HTML

  public init(title: String, body: HTML) {
    self.title = title
    self.body = body
  }
}
