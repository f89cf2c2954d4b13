// What a request target says: `/path?name=value` (RFC 9112 section 3.2, RFC 3986).
//
// What must always hold: two targets that a file system or a router could take for different
// things are not taken for one here; so `.` and `..` segments are refused, and so is NUL.

struct RequestTarget {
  let path: String
  let query: [(name: String, value: String)]

  /// - Returns: `nil` for anything but `/…`, `http://host/…` and, with OPTIONS, `*`.
  init?(_ target: String, method: String) {
    if target == "*" {
      guard method == "OPTIONS" else { return nil }
      path = target
      query = []
      return
    }
    let bytes = target.utf8
    // The common case: nothing to decode, nothing to split.
    if bytes.first == UInt8(ascii: "/"),
      !bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "?") })
    {
      guard !RequestTarget.hasDotSegments(target) else { return nil }
      path = target
      query = []
      return
    }
    let rest = RequestTarget.pathAndQuery(of: target[...])
    guard rest.utf8.first == UInt8(ascii: "/") else { return nil }
    let end = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
    guard let decoded = RequestTarget.percentDecoded(rest[..<end]),
      !RequestTarget.hasDotSegments(decoded)
    else { return nil }
    var pairs: [(name: String, value: String)] = []
    for pair in rest[end...].dropFirst().split(separator: "&") {
      let split = pair.utf8.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      guard let name = RequestTarget.percentDecoded(pair[..<split]),
        let value = RequestTarget.percentDecoded(pair[split...].dropFirst())
      else { return nil }
      pairs.append((name, value))
    }
    path = decoded
    query = pairs
  }

  /// Takes `http://host` from the front of an absolute target.
  static func pathAndQuery(of target: Substring) -> Substring {
    guard target.utf8.first != UInt8(ascii: "/") else { return target }
    for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
      let authority = target.dropFirst(scheme.count)
      let end = authority.firstIndex { $0 == "/" || $0 == "?" } ?? authority.endIndex
      let rest = authority[end...]
      return rest.first == "/" ? rest : "/" + rest
    }
    return target
  }

  /// - Returns: `nil` for a broken escape, for NUL, and for bytes that are not UTF-8.
  static func percentDecoded(_ text: Substring) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexValue),
        let low = rest.popFirst().flatMap(hexValue), high != 0 || low != 0
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// By bytes: a combining mark after a slash makes another character of it.
  private static func hasDotSegments(_ path: String) -> Bool {
    let dot = UInt8(ascii: ".")
    guard path.utf8.contains(dot) else { return false }
    return path.utf8.split(separator: UInt8(ascii: "/")).contains {
      $0.count <= 2 && $0.allSatisfy { $0 == dot }
    }
  }

  private static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
