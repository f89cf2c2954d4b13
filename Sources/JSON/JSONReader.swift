// A strict reader (RFC 8259) that walks once over the bytes of one JSON text and checks every byte
// it passes. The caller names what must come next; anything else is an error with its path.
//
// - Every byte before `offset` was read and is valid, so a path can be computed when it is needed.
// - Nothing is copied but the texts that the caller reads.
// - Nesting is limited, so no input can exhaust the stack.

/// A cursor over one JSON text.
public struct JSONReader: ~Escapable {
  /// How deep arrays and objects may nest.
  public static let depthLimit = 64

  @usableFromInline let bytes: Span<UInt8>

  @usableFromInline var offset: Int

  var depth = 0

  /// Starts at `offset` of a text; paths count from its beginning all the same.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, at offset: Int = 0) {
    precondition(offset >= 0 && offset <= bytes.count, "an offset outside the text")
    self.bytes = bytes
    self.offset = offset
  }

  /// Refuses anything but white space after what was read.
  public mutating func finish() throws(JSONError) {
    skipWhitespace()
    guard offset == bytes.count else {
      throw failure(at: offset, "found \(found(at: offset)) after the end of the JSON text")
    }
  }

  /// Refuses even white space after what was read.
  public func finishExactly() throws(JSONError) {
    guard offset == bytes.count else {
      throw failure(at: offset, "found \(found(at: offset)) after the end of the JSON text")
    }
  }

  /// Continues at a later place, up to which the caller has checked the bytes.
  public mutating func advance(to place: Int) {
    precondition(place >= offset && place <= bytes.count, "a place outside the text")
    offset = place
  }

  /// The next byte that is not white space, or 0 at the end; it is not consumed.
  mutating func peek() -> UInt8 {
    skipWhitespace()
    return offset < bytes.count ? bytes[offset] : 0
  }

  mutating func skipWhitespace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
        offset += 1
      default: return
      }
    }
  }

  /// The place of the next byte to read.
  public var position: Int { offset }

  /// How many bytes the text has.
  public var count: Int { bytes.count }

  /// Whether the bytes from `start` on are these.
  @inlinable
  func matches(_ literal: StaticString, at start: Int) -> Bool { bytes.holds(literal, at: start) }

  /// Consumes these very bytes, without skipping white space first.
  ///
  /// - Returns: whether they came next; if not, nothing is consumed.
  @inlinable
  public mutating func skip(exactly literal: StaticString) -> Bool {
    guard matches(literal, at: offset) else { return false }
    offset += literal.utf8CodeUnitCount
    return true
  }

  /// Consumes the bytes of one kind that come next.
  @inlinable
  public mutating func skip(while isMember: (UInt8) -> Bool) -> Range<Int> {
    let start = offset
    while offset < bytes.count, isMember(bytes[offset]) { offset += 1 }
    return start..<offset
  }

  /// The bytes of a part of the text.
  @_lifetime(copy self)
  public func span(_ range: Range<Int>) -> Span<UInt8> { bytes.extracting(range) }
}

// MARK: - Literals

extension JSONReader {
  public mutating func readBool() throws(JSONError) -> Bool {
    skipWhitespace()
    if skip(exactly: "true") { return true }
    if skip(exactly: "false") { return false }
    throw unexpected("true or false")
  }

  public mutating func readNull() throws(JSONError) {
    skipWhitespace()
    guard skip(exactly: "null") else { throw unexpected("null") }
  }
}

extension Span<UInt8> {
  /// Whether the bytes from `start` on are these.
  @inlinable
  @inline(__always)
  public func holds(_ literal: StaticString, at start: Int) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard start >= 0, start + count <= self.count else { return false }
    return unsafe withUnsafeBytes { all in
      guard let first = all.baseAddress else { return count == 0 }
      let here = unsafe first + start
      let there = unsafe UnsafeRawPointer(literal.utf8Start)
      var index = 0
      while index + 8 <= count {
        let a = unsafe here.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let b = unsafe there.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if a != b { return false }
        index += 8
      }
      while index < count {
        let a = unsafe here.load(fromByteOffset: index, as: UInt8.self)
        let b = unsafe there.load(fromByteOffset: index, as: UInt8.self)
        if a != b { return false }
        index += 1
      }
      return true
    }
  }
}
