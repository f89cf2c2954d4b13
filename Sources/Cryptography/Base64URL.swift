// Base64 with the alphabet of RFC 4648, section 5, without padding, as JSON Web Signatures have it
// (RFC 7515, section 2). The same bytes have one text only.

package enum Base64URL {
  package static func encode(_ bytes: [UInt8]) -> String {
    let text = Base64.encode(bytes).utf8.prefix { $0 != UInt8(ascii: "=") }.map { character in
      switch character {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case let character: character
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: `nil` for anything that ``encode(_:)`` does not write.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var padded: [UInt8] = []
    for character in text {
      switch character {
      case UInt8(ascii: "-"): padded.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): padded.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      case let character: padded.append(character)
      }
    }
    padded.append(contentsOf: repeatElement(UInt8(ascii: "="), count: (4 - padded.count % 4) % 4))
    return Base64.decode(padded)
  }
}
