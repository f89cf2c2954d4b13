// Text for a browser that cannot be mistaken: what is written in the source is markup, what is
// interpolated is text and gets escaped. Only HTML inside HTML is taken as it is. Text of another
// direction is isolated by `<bdi>`, and what overrides direction is shown: a text may be a sentence
// of ours with a customer's words in it, whose other words no element could protect.

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
    private var place = MarkupPlace()

    public init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    public mutating func appendLiteral(_ literal: String) { append(literal) }

    public mutating func appendInterpolation(_ piece: HTML) { append(piece.markup) }

    /// Nothing where there is none.
    public mutating func appendInterpolation(_ piece: HTML?) { append(piece?.markup ?? "") }

    private mutating func append(_ markup: String) {
      self.markup += markup
      place.pass(markup)
    }

    public mutating func appendInterpolation(_ text: some CustomStringConvertible) {
      let text = text.description
      let isIsolated = place.takesElements && text.hasDirection
      if isIsolated { markup += "<bdi>" }
      appendEscaped(text)
      if isIsolated { markup += "</bdi>" }
    }

    private mutating func appendEscaped(_ text: String) {
      for character in text.unicodeScalars {
        if !place.keepsText, let shown = character.shownDirection {
          markup += shown
          continue
        }
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
