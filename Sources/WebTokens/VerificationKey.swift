// A key with the one algorithm it serves. The algorithm follows from the key's material, so no
// header of a token can choose another (RFC 8725, section 3.1).

import Cryptography

/// One key of a ``KeySet``. Its description reveals no secret.
public struct VerificationKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// The `kid` of the key's document, by which tokens name it.
  public let id: String?

  let material: Material

  enum Material: Sendable {
    case ed25519(Ed25519.PublicKey)
    case p256(P256.PublicKey)
    case rsa(RSA.PublicKey, RSA.Padding)
    case secret([UInt8])
  }

  /// What a token's `alg` must say.
  public var algorithm: SignatureAlgorithm {
    switch material {
    case .ed25519: .edDSA
    case .p256: .es256
    case .rsa(_, .pkcs1): .rs256
    case .rsa(_, .pss): .ps256
    case .secret: .hs256
    }
  }

  /// Whether the holder of the private key, or of the shared secret, signed exactly this message.
  func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    switch material {
    case .ed25519(let key): key.isValid(signature, for: message)
    case .p256(let key): key.isValid(signature, for: message)
    case .rsa(let key, let padding): key.isValid(signature, for: message, padding: padding)
    case .secret(let secret): HMAC.isValid(signature, for: message, key: secret)
    }
  }

  public var description: String { "\(algorithm.rawValue) key \(id.map(quoted) ?? "without kid")" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
