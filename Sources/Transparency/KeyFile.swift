// One key as a file: its name, and the PEM texts of RFC 8410. For Ed25519 the encodings before the
// 32 bytes of a key are always the same.

internal import Cryptography

/// The name of a key's file.
struct KeyFile: Hashable, Comparable {
  var number: Int
  var isPrivate: Bool

  private static let prefix = "checkpoint-"

  init(number: Int, isPrivate: Bool) {
    (self.number, self.isPrivate) = (number, isPrivate)
  }

  /// - Returns: `nil` for a name that ``name`` does not write.
  init?(name: String) {
    guard name.hasPrefix(KeyFile.prefix), name.hasSuffix(".key") || name.hasSuffix(".pub"),
      let number = Int(name.dropFirst(KeyFile.prefix.count).dropLast(4)), number > 0
    else { return nil }
    self.init(number: number, isPrivate: name.hasSuffix(".key"))
    guard self.name == name else { return nil }
  }

  var name: String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 5 - digits.count))
    return KeyFile.prefix + zeros + digits + (isPrivate ? ".key" : ".pub")
  }

  /// Of the same number, a crash may have left both halves; the private one is more.
  static func < (a: KeyFile, b: KeyFile) -> Bool {
    (a.number, a.isPrivate ? 1 : 0) < (b.number, b.isPrivate ? 1 : 0)
  }
}

extension KeyFile {
  /// PrivateKeyInfo (RFC 8410, section 7) as far as the key itself.
  private static let privatePrefix: [UInt8] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]
  /// SubjectPublicKeyInfo (RFC 8410, section 4) as far as the key itself.
  private static let publicPrefix: [UInt8] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  static func encode(privateKey: Ed25519.PrivateKey) -> String {
    pem("PRIVATE KEY", privatePrefix + privateKey.seed)
  }

  static func encode(publicKey: Ed25519.PublicKey) -> String {
    pem("PUBLIC KEY", publicPrefix + publicKey.bytes)
  }

  static func privateKey(in text: [UInt8]) -> Ed25519.PrivateKey? {
    key(in: text, "PRIVATE KEY", after: privatePrefix).flatMap { Ed25519.PrivateKey(seed: $0) }
  }

  static func publicKey(in text: [UInt8]) -> Ed25519.PublicKey? {
    key(in: text, "PUBLIC KEY", after: publicPrefix).flatMap { Ed25519.PublicKey($0) }
  }

  private static func pem(_ label: String, _ bytes: [UInt8]) -> String {
    "-----BEGIN \(label)-----\n\(Base64.encode(bytes))\n-----END \(label)-----\n"
  }

  private static func key(
    in text: [UInt8], _ label: String, after prefix: [UInt8]
  ) -> [UInt8]? {
    let lines = text.split(separator: newline)
    guard lines.count == 3, let bytes = Base64.decode(lines[1]), bytes.starts(with: prefix),
      text.elementsEqual(pem(label, bytes).utf8)
    else { return nil }
    return Array(bytes.dropFirst(prefix.count))
  }
}
