// The steps in which an envelope is read. Redress wrote it, so only its own bytes will do: no other
// order, no white space, no escapes.

import EventSourcing
import JSON

extension JSONReader {
  /// Consumes these very bytes.
  ///
  /// - Parameter key: the key they belong to, for the error.
  @inline(__always)
  mutating func expect(_ literal: StaticString, _ key: StaticString) throws(JSONError) {
    guard skip(exactly: literal) else { throw missing(literal, key) }
  }

  @inline(never)
  private func missing(_ literal: StaticString, _ key: StaticString) -> JSONError {
    failure(
      at: position,
      "expected \(literal): an envelope has all its keys in one order, without white space",
      key: key.description)
  }

  /// Consumes the bytes of an earlier place once more.
  mutating func expect(again earlier: Range<Int>, _ key: String) throws(JSONError) {
    let here = position..<position + earlier.count
    guard here.upperBound <= count, span(here).isEqual(to: span(earlier)) else {
      let problem = "the schema's name is not the type's, \(text(earlier))"
      throw failure(at: position, problem, key: key)
    }
    advance(to: here.upperBound)
  }

  /// Consumes a whole number as it is written without sign and leading zeros.
  mutating func digits(_ key: String) throws(JSONError) -> UInt64 {
    let start = position
    let range = skip { (0x30...0x39).contains($0) }
    let digits = span(range)
    guard (1...19).contains(digits.count), digits.count == 1 || digits[0] != 0x30 else {
      throw failure(at: start, "expected a whole number", key: key)
    }
    var value: UInt64 = 0
    for index in digits.indices { value = value * 10 + UInt64(digits[index] - 0x30) }
    return value
  }

  mutating func identifier(_ key: String) throws(JSONError) -> Range<Int> {
    let start = position
    let range = skip { $0.isIdentifierByte }
    guard (1...64).contains(range.count) else {
      throw failure(at: start, "expected a name, which matches [A-Za-z0-9_-]{1,64}", key: key)
    }
    return range
  }

  mutating func stream() throws(JSONError) -> Range<Int> {
    let start = position
    let range = skip { $0.isIdentifierByte || $0 == UInt8(ascii: "/") }
    guard (1...256).contains(range.count) else {
      throw failure(at: start, "expected a stream such as refund/srf_8Q2", key: "subject")
    }
    return range
  }

  mutating func canonicalTime(_ key: String) throws(JSONError) -> Timestamp {
    let range = position..<position + Timestamp.length
    guard range.upperBound <= count, let time = Timestamp(canonical: span(range)) else {
      throw failure(at: position, "expected a time of 27 bytes with microseconds", key: key)
    }
    advance(to: range.upperBound)
    return time
  }

  mutating func commandHash() throws(JSONError) -> CommandHash {
    let range = position..<position + 32
    guard range.upperBound <= count, let hash = CommandHash(utf8: span(range)) else {
      throw failure(
        at: position, "expected 32 lower-case hexadecimal digits", key: "commandhash")
    }
    advance(to: range.upperBound)
    return hash
  }

  mutating func actor() throws(JSONError) -> Actor {
    let start = position
    let range = skip { $0.isIdentifierByte || $0 == UInt8(ascii: "/") }
    guard let actor = Actor(utf8: span(range)) else {
      throw failure(at: start, "expected an actor such as agent/usr_17", key: "actor")
    }
    return actor
  }

  mutating func userID() throws(JSONError) -> UInt32 {
    let start = position
    guard let user = UInt32(exactly: try digits("peeruid")) else {
      throw failure(at: start, "expected a user id of at most 32 bits", key: "peeruid")
    }
    return user
  }

  /// Consumes a text that is written with as few escapes as possible.
  mutating func correlation() throws(JSONError) -> String {
    let start = position
    let correlation = try readString(length: RecordedEvent.correlationLength)
    var canonical: [UInt8] = []
    canonical.appendJSON(correlation)
    guard span(start..<position).isEqual(to: canonical.span) else {
      throw failure(at: start, "the text is not written in its canonical form")
    }
    return correlation
  }

  mutating func traceParent() throws(JSONError) -> TraceParent {
    let range = position..<position + TraceParent.length
    guard range.upperBound <= count else {
      throw failure(at: position, "expected a traceparent of 55 bytes", key: "traceparent")
    }
    let bytes = span(range)
    guard let trace = TraceParent(canonical: bytes.indices.map { bytes[$0] }) else {
      throw failure(at: position, "expected a traceparent (W3C, version 00)", key: "traceparent")
    }
    advance(to: range.upperBound)
    return trace
  }

  /// Refuses white space before a value, which the readers of values would skip.
  func refuseSpace(_ key: String) throws(JSONError) {
    guard position < count, span(position..<count)[0] > UInt8(ascii: " ") else {
      throw failure(at: position, "an envelope is written without white space", key: key)
    }
  }

  /// Reads the data of a type in one of its versions.
  mutating func readEvent(_ type: Span<UInt8>, _ version: Int) throws(JSONError) -> Event {
    let start = position
    let event = try Event.read(type, version: version, json: &self)
    guard let event else { throw unknown(String(repairing: type), version, at: start) }
    return event
  }

  func unknown(_ type: String, _ version: Int, at start: Int) -> JSONError {
    failure(
      at: start, "this build does not know version \(version) of events named \(type)",
      key: "type")
  }
}
