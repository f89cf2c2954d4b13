// Base64 with the alphabet and padding of RFC 4648, section 4. The same bytes have one text only: no
// white space, no missing padding, no set bits that encode nothing.

package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  private static let values: [UInt8?] = {
    var values = [UInt8?](repeating: nil, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(0) { $0 << 8 | Int($1) }
      bits <<= 8 * (3 - group.count)
      for place in 0..<4 {
        text.append(place > group.count ? padding : alphabet[bits >> (18 - 6 * place) & 63])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: `nil` for anything that ``encode(_:)`` does not write.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits = 0
    var bitCount = 0
    var digitCount = 0
    for character in text {
      guard let value = values[Int(character)] else { break }
      bits = bits << 6 | Int(value)
      bitCount += 6
      digitCount += 1
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(bits >> bitCount & 0xFF))
        bits &= (1 << bitCount) - 1
      }
    }
    let rest = text.dropFirst(digitCount)
    guard text.count % 4 == 0, rest.count <= 2, rest.allSatisfy({ $0 == padding }), bits == 0 else {
      return nil
    }
    return bytes
  }
}
