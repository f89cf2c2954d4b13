// Header lines as bytes: `Name: value CRLF`, one after the other (RFC 9112 section 5).
//
// What must always hold: nothing that is written can begin another line, so that data in a header
// value never becomes a header or an answer of its own.

enum HeaderLines {
  struct Line {
    let nameBytes: ArraySlice<UInt8>
    let valueBytes: ArraySlice<UInt8>

    var name: String { String(decoding: nameBytes, as: UTF8.self) }
    var value: String { String(decoding: valueBytes, as: UTF8.self) }

    func hasName(_ name: String) -> Bool { isSameName(nameBytes, name.utf8) }
  }

  static func forEach(in lines: [UInt8], _ visit: (Line) -> Void) {
    var rest = lines[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\r")) {
      let line = rest[..<end]
      rest = rest[(end + 1)...].dropFirst()
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      visit(Line(nameBytes: line[..<colon], valueBytes: trimmed(line[(colon + 1)...])))
    }
  }

  /// - Returns: `nil` if a name is not a token or a value holds a control character.
  static func encode(
    _ headers: [(name: String, value: String)], without reserved: [String] = []
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    for (name, value) in headers {
      guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte),
        value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 })
      else { return nil }
      if reserved.contains(where: { isSameName($0.utf8, name.utf8) }) { continue }
      bytes.append(contentsOf: name.utf8)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: value.utf8)
      bytes.append(UInt8(ascii: "\r"))
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Whether two names differ in case at most.
  private static func isSameName(
    _ a: some Collection<UInt8>, _ b: some Collection<UInt8>
  ) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { lowercased($0) == lowercased($1) }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return bytes
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: "!#$%&'*+.^_`|~".utf8.contains(byte)
    }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
