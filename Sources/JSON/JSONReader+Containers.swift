// Objects and arrays. An object's keys are expected in the order of its schema: then each costs one
// comparison of bytes. In any other order they are looked up, with the same result.

/// The keys of one kind of object, in the order of its schema.
public struct JSONFields: Sendable {
  struct Field: Sendable {
    /// The key as it is written, with quotation marks and colon: `"refundId":`.
    var token: StaticString
    var isRequired: Bool

    var name: String { String(token.description.dropFirst().dropLast(2)) }

    /// Compares bytes: Swift's texts are equal where Unicode calls them equivalent.
    func isNamed(_ key: String) -> Bool { name.utf8.elementsEqual(key.utf8) }
  }

  let fields: [Field]
  let required: UInt64

  /// - Parameter fields: tokens such as `"refundId":`, at most 64 of them, and whether the object
  ///   is refused without the field.
  public init(_ fields: [(token: StaticString, isRequired: Bool)]) {
    precondition(fields.count <= 64, "an object with more than 64 fields")
    self.fields = fields.map { Field(token: $0.token, isRequired: $0.isRequired) }
    required = fields.enumerated().reduce(0) { bits, field in
      field.element.isRequired ? bits | 1 << UInt64(field.offset) : bits
    }
  }
}

/// The fields of one object that were read so far.
public struct JSONObjectProgress {
  var expected = 0
  var seen: UInt64 = 0
}

extension JSONReader {
  /// Consumes `{`.
  public mutating func beginObject() throws(JSONError) -> JSONObjectProgress {
    try open(UInt8(ascii: "{"), "an object")
    return JSONObjectProgress()
  }

  /// Consumes the next key with its colon, or `}` once no required field is missing.
  ///
  /// - Returns: the field's index, or nil after the last.
  public mutating func nextField(
    _ fields: JSONFields, _ progress: inout JSONObjectProgress
  ) throws(JSONError) -> Int? {
    var start = offset
    if progress.seen != 0 {
      guard start < bytes.count else { return try nextFieldAnyhow(fields, &progress) }
      if bytes[start] == UInt8(ascii: "}"), fields.required & ~progress.seen == 0 {
        offset = start + 1
        depth -= 1
        return nil
      }
      guard bytes[start] == UInt8(ascii: ",") else { return try nextFieldAnyhow(fields, &progress) }
      start += 1
    }
    var index = progress.expected
    while index < fields.fields.count {
      let token = fields.fields[index].token
      if matches(token, at: start) {
        guard progress.seen & (1 << UInt64(index)) == 0 else { break }
        offset = start + token.utf8CodeUnitCount
        progress.expected = index + 1
        progress.seen |= 1 << UInt64(index)
        return index
      }
      index += 1
    }
    return try nextFieldAnyhow(fields, &progress)
  }

  /// The same with white space, escapes in keys, and any order.
  @inline(never)
  private mutating func nextFieldAnyhow(
    _ fields: JSONFields, _ progress: inout JSONObjectProgress
  ) throws(JSONError) -> Int? {
    guard try continues(until: UInt8(ascii: "}"), isFirst: progress.seen == 0) else {
      if let missing = fields.fields.indices.first(where: {
        (fields.required & ~progress.seen) & (1 << UInt64($0)) != 0
      }) {
        let name = fields.fields[missing].name
        throw failure(at: offset - 1, "the required field \(name) is missing", key: name)
      }
      return nil
    }
    let start = startOfValue()
    let key = try readKey()
    guard let index = fields.fields.firstIndex(where: { $0.isNamed(key) }) else {
      let names = fields.fields.map(\.name)
      let known = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw failure(at: start, "unknown field; the known ones are: \(known)", key: key)
    }
    guard progress.seen & (1 << UInt64(index)) == 0 else {
      throw failure(at: start, "the field \(key) occurs twice", key: key)
    }
    progress.seen |= 1 << UInt64(index)
    progress.expected = index + 1
    return index
  }

  /// Consumes a key and its colon.
  mutating func readKey() throws(JSONError) -> String {
    let key = try readString()
    guard peek() == UInt8(ascii: ":") else { throw unexpected("a colon after the key") }
    offset += 1
    return key
  }
}

extension JSONReader {
  /// Consumes `[`.
  public mutating func beginArray() throws(JSONError) {
    try open(UInt8(ascii: "["), "an array")
  }

  /// Consumes what stands before the next element, or `]`.
  ///
  /// - Parameter count: how many elements were read so far.
  /// - Returns: whether there is another element.
  public mutating func nextElement(
    _ count: Int, of allowed: ClosedRange<Int>
  ) throws(JSONError) -> Bool {
    guard try continues(until: UInt8(ascii: "]"), isFirst: count == 0) else {
      guard count >= allowed.lowerBound else {
        throw failure(
          at: offset - 1,
          "found \(count) elements, expected \(allowed.lowerBound) to \(allowed.upperBound)",
          about: .container)
      }
      return false
    }
    guard count < allowed.upperBound else {
      throw failure(
        at: offset,
        "found more than \(allowed.upperBound) elements, expected \(allowed.lowerBound) to "
          + "\(allowed.upperBound)")
    }
    return true
  }

  mutating func open(_ bracket: UInt8, _ name: String) throws(JSONError) {
    guard peek() == bracket else { throw unexpected(name) }
    guard depth < JSONReader.depthLimit else {
      throw failure(at: offset, "nested deeper than \(JSONReader.depthLimit) levels")
    }
    depth += 1
    offset += 1
  }

  /// Consumes a comma where one is due, or the closing bracket.
  ///
  /// - Returns: whether something follows.
  mutating func continues(until closing: UInt8, isFirst: Bool) throws(JSONError) -> Bool {
    let next = peek()
    if next == closing {
      depth -= 1
      offset += 1
      return false
    }
    if isFirst { return true }
    guard next == UInt8(ascii: ",") else {
      throw unexpected("a comma or \(UnicodeScalar(closing))")
    }
    offset += 1
    if peek() == closing { throw unexpected("another element or no comma before it") }
    return true
  }
}
