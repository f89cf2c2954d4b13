// The names and keys of signed notes (C2SP signed-note):
//
//   key id   the first four bytes of SHA-256(name ‖ 0A ‖ kind ‖ public key)
//   vkey     <name>+<key id, 8 hexadecimal digits>+<Base64 of kind ‖ public key>
//
// The kind is 01 for signatures, and 04 for a witness's cosignatures (C2SP tlog-cosignature).
//
// What must hold: a name is not empty and has neither white space nor "+", so that a vkey and a
// signature line can be taken apart.

public import Cryptography

/// A key that verifies notes, under the name it signs with.
public struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
  /// What a key signs, as notes name it.
  public enum Kind: UInt8, Sendable {
    case signatures = 0x01
    case cosignatures = 0x04
  }

  /// The name it signs with.
  public let name: String
  /// The public half of the signing key.
  public let publicKey: Ed25519.PublicKey
  public let kind: Kind
  /// Which of a name's keys it is; short, so that it identifies but proves nothing.
  public let id: UInt32

  /// - Precondition: the name is a valid one.
  public init(name: String, publicKey: Ed25519.PublicKey, signs kind: Kind = .signatures) {
    precondition(VerifierKey.isValid(name: name), "\"\(name)\" is no name of a key")
    self.name = name
    self.publicKey = publicKey
    self.kind = kind
    let digest = SHA256.hash(
      Array(name.utf8) + [newline, kind.rawValue] + publicKey.bytes)
    id = digest.bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// - Throws: ``FormatError``; also when the key id is not the key's.
  public init(vkey: String) throws(FormatError) {
    func refuse(_ reason: String) -> FormatError {
      FormatError(format: "vkey", line: 0, reason: reason)
    }
    let parts = vkey.utf8.split(separator: plus, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let name = String(parts[0]), VerifierKey.isValid(name: name) else {
      throw refuse("it is not <name>+<key id>+<key>")
    }
    guard let key = Base64.decode(Array(parts[2])), let kind = key.first.flatMap(Kind.init),
      let publicKey = Ed25519.PublicKey(Array(key.dropFirst()))
    else { throw refuse("it holds no Ed25519 key") }
    self.init(name: name, publicKey: publicKey, signs: kind)
    guard parts[1].elementsEqual(hexID.utf8) else {
      throw refuse("the key id is \(hexID), not \(String(decoding: parts[1], as: UTF8.self))")
    }
  }

  /// The vkey, one line that a verifier is given (C2SP signed-note).
  public var vkey: String {
    "\(name)+\(hexID)+\(Base64.encode([kind.rawValue] + publicKey.bytes))"
  }

  /// The public key alone as other programs read it: SubjectPublicKeyInfo in PEM (RFC 8410).
  public var publicKeyPEM: String { KeyFile.encode(publicKey: publicKey) }

  public var description: String { vkey }

  /// Whether this key made a signature of a note's text.
  public func isValid(_ signature: [UInt8], for text: String) -> Bool {
    switch kind {
    case .signatures: publicKey.isValid(signature, for: Array(text.utf8))
    case .cosignatures: Cosignature.isValid(signature, for: text, by: publicKey)
    }
  }

  private var hexID: String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Whether a text can be the name of a key.
  public static func isValid(name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20
      }
  }
}

/// A key that signs notes, under the name it signs with.
public struct SigningKey: Sendable {
  /// The key that verifies its signatures.
  public let verifier: VerifierKey
  private let privateKey: Ed25519.PrivateKey

  /// - Precondition: the name is a valid one.
  public init(name: String, privateKey: Ed25519.PrivateKey) {
    verifier = VerifierKey(name: name, publicKey: privateKey.publicKey)
    self.privateKey = privateKey
  }

  /// Signs a note's text.
  public func sign(_ text: String) -> NoteSignature {
    NoteSignature(
      name: verifier.name, keyID: verifier.id, bytes: privateKey.sign(Array(text.utf8)))
  }
}

private let plus = UInt8(ascii: "+")
