// The few elements of DER (ITU-T X.690) that public keys and ECDSA signatures consist of. Each
// value has one encoding only.

enum DER {
  static func sequence(_ elements: [UInt8]...) -> [UInt8] {
    element(0x30, Array(elements.joined()))
  }

  /// A number that is not negative, from its bytes, the most significant one first.
  static func integer(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let digits = Array(bytes.drop { $0 == 0 })
    // The highest bit is the sign.
    guard let first = digits.first, first < 0x80 else { return element(0x02, [0] + digits) }
    return element(0x02, digits)
  }

  /// Whole bytes, none of whose bits are unused.
  static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

  static func objectIdentifier(_ encoded: [UInt8]) -> [UInt8] { element(0x06, encoded) }

  static let null = element(0x05, [])

  /// - Precondition: the content has less than 64 KiB.
  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
    let length = [UInt8(content.count >> 8), UInt8(content.count & 0xFF)].drop { $0 == 0 }
    return [tag, 0x80 | UInt8(length.count)] + length + content
  }
}
