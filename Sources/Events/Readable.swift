// Which values their schema would read again. A type alone does not say so: sums grow, days are
// counted past the year 9999, and names are put together. It is asked before an event is recorded.

import EventSourcing
import JSON

extension String {
  /// Whether the text has so many Unicode code points.
  func isReadable(_ length: ClosedRange<Int>) -> Bool {
    // A code point takes one to four bytes, which settles it for most texts.
    let byteCount = utf8.count
    if (byteCount + 3) / 4 >= length.lowerBound && byteCount <= length.upperBound { return true }
    return length.contains(unicodeScalars.count)
  }

  /// The same for a personal text, which may be in its encrypted form.
  func isReadable(personal length: ClosedRange<Int>) -> Bool {
    PersonalText.isSealed(self)
      ? isReadable(encryptedTextLength(length)) : isReadable(length)
  }
}

extension Identifier {
  var isReadable: Bool { rawValue.utf8.span.isIdentifier }
}

extension PatternedText {
  var isReadable: Bool { Self.matches(rawValue.utf8.span) }
}

extension Actor {
  /// Always: it was checked when it was made.
  var isReadable: Bool { true }
}

extension StreamName {
  var isReadable: Bool {
    let text = rawValue.utf8.span
    var index = 0
    let isWhole = text.skip(&index, 1...256) {
      $0.isIdentifierByte || $0 == UInt8(ascii: "/")
    }
    return isWhole && index == text.count
  }
}

extension Timestamp {
  var isReadable: Bool { Timestamp.range.contains(self) }
}

extension CalendarDate {
  /// The years 1 to 9999.
  var isReadable: Bool { (-719_162...2_932_896).contains(daysSince1970) }
}
