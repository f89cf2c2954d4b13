// Cosignatures (C2SP tlog-cosignature, version 1, Ed25519): a witness's statement that at a time it
// had seen no larger tree of a log than this one, and that each tree extended the one before.
//
//   key id      the first four bytes of SHA-256(name ‖ 0A ‖ 04 ‖ public key)
//   signature   the time in seconds since 1970, 8 bytes big-endian ‖ an Ed25519 signature of
//               "cosignature/v1\ntime <seconds>\n" ‖ the note's text
//
// What must hold: a witness's key signs nothing else.

public import Cryptography

/// A key that cosigns checkpoints, under the name of a witness.
public struct CosigningKey: Sendable {
  /// The key that verifies its cosignatures.
  public let verifier: VerifierKey
  private let privateKey: Ed25519.PrivateKey

  /// - Precondition: the name is a valid one.
  public init(name: String, privateKey: Ed25519.PrivateKey) {
    verifier = VerifierKey(name: name, publicKey: privateKey.publicKey, signs: .cosignatures)
    self.privateKey = privateKey
  }

  /// Cosigns a checkpoint's text.
  ///
  /// - Parameter time: in seconds since 1970; not 0.
  public func cosign(_ text: String, at time: UInt64) -> NoteSignature {
    NoteSignature(
      name: verifier.name, keyID: verifier.id,
      bytes: Cosignature.timeBytes(time)
        + privateKey.sign(Cosignature.message(of: text, at: time)))
  }
}

enum Cosignature {
  private static let timeByteCount = 8

  static func timeBytes(_ time: UInt64) -> [UInt8] {
    (0..<timeByteCount).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64($0))) }
  }

  static func message(of text: String, at time: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
  }

  static func isValid(
    _ bytes: [UInt8], for text: String, by key: Ed25519.PublicKey
  ) -> Bool {
    guard bytes.count == timeByteCount + Ed25519.signatureByteCount else { return false }
    let time = bytes[..<timeByteCount].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard (1...UInt64(Int64.max)).contains(time) else { return false }
    return key.isValid(Array(bytes[timeByteCount...]), for: message(of: text, at: time))
  }
}
