// How a reader says what went wrong. All of this runs only once something did.

extension JSONReader {
  /// An error at a value or key that begins at `offset`.
  @inline(never)
  public func failure(at offset: Int, _ problem: String) -> JSONError {
    failure(at: offset, problem, about: .value)
  }

  /// An error about a key that the object around `offset` has not, or not as it should be.
  @inline(never)
  public func failure(at offset: Int, _ problem: String, key: String) -> JSONError {
    failure(at: offset, problem, about: .key(key))
  }

  @inline(never)
  func failure(at offset: Int, _ problem: String, about subject: JSONPath.Subject) -> JSONError {
    JSONError(
      path: JSONPath.text(of: offset, in: bytes, about: subject), offset: offset, problem: problem)
  }

  /// The error for a value of the wrong kind at the current place.
  @inline(never)
  public func unexpected(_ expected: String) -> JSONError {
    var problem = "found \(found(at: offset)), expected \(expected)"
    if matches("null", at: offset) { problem += "; leave the field out where there is no value" }
    return failure(at: offset, problem)
  }

  /// What stands at `offset`, shortened to about sixty characters.
  public func found(at offset: Int) -> String {
    guard offset < bytes.count else { return "the end of the text" }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "an array"
    case UInt8(ascii: "\""): return shortened(offset..<endOfString(from: offset))
    default: return shortened(offset..<endOfWord(from: offset))
    }
  }

  private func endOfString(from start: Int) -> Int {
    var end = start + 1
    while end < bytes.count {
      if bytes[end] == UInt8(ascii: "\"") { return end + 1 }
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return bytes.count
  }

  private func endOfWord(from start: Int) -> Int {
    var end = start
    while end < bytes.count {
      switch bytes[end] {
      case 0...0x20, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"):
        return max(end, start + 1)
      default: end += 1
      }
    }
    return end
  }

  private func shortened(_ range: Range<Int>) -> String {
    // Sixty characters cannot need more bytes than these, except for piled-up accents.
    let head = text(range.lowerBound..<min(range.upperBound, range.lowerBound + 480))
    var shown = ""
    for scalar in head.unicodeScalars.prefix(60) {
      if scalar.value < 0x20 || scalar.value == 0x7f {
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    let isWhole = range.count <= 480 && head.unicodeScalars.count <= 60
    return isWhole ? shown : shown + "…"
  }
}
