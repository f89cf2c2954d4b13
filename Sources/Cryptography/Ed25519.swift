// Ed25519 signatures (RFC 8032) over libcrypto's EVP interface. Keys are kept as their 32 bytes, so
// that they are plain values; making libcrypto's object anew costs little beside signing or
// verifying.

internal import CCrypto

/// Deterministic signatures with keys of 32 bytes.
public enum Ed25519 {
  /// The length of a key's bytes, private or public.
  public static let keyByteCount = 32
  public static let signatureByteCount = 64

  /// The signing key. Its description reveals nothing of it.
  public struct PrivateKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The secret itself, from which everything follows (RFC 8032, section 5.1.5).
    public let seed: [UInt8]
    public let publicKey: PublicKey

    /// - Returns: `nil` unless there are exactly 32 bytes.
    public init?(seed: [UInt8]) {
      guard seed.count == keyByteCount, let key = Key(privateKey: seed) else { return nil }
      self.seed = seed
      publicKey = PublicKey(unchecked: key.publicKey())
    }

    /// A new, unpredictable key.
    public static func generate() -> PrivateKey {
      guard let key = PrivateKey(seed: randomBytes(keyByteCount)) else {
        preconditionFailure("libcrypto has no Ed25519")
      }
      return key
    }

    /// 64 bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
      guard let key = Key(privateKey: seed) else {
        preconditionFailure("libcrypto: out of memory")
      }
      return key.sign(message)
    }

    public var description: String { "Ed25519 private key" }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// The verifying key.
  public struct PublicKey: Hashable, Sendable {
    public let bytes: [UInt8]

    /// - Returns: `nil` unless there are exactly 32 bytes. Bytes that are no point of the curve
    ///   verify nothing.
    public init?(_ bytes: [UInt8]) {
      guard bytes.count == keyByteCount else { return nil }
      self.bytes = bytes
    }

    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Whether the private key made this signature of exactly this message.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
      guard signature.count == signatureByteCount, let key = Key(publicKey: bytes) else {
        return false
      }
      return key.isValid(signature, for: message)
    }
  }
}

/// libcrypto's key object, for one use.
@safe private struct Key: ~Copyable {
  private let key: OpaquePointer

  init?(privateKey: [UInt8]) {
    guard
      let key = unsafe EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nil, privateKey, privateKey.count)
    else { return nil }
    unsafe self.key = unsafe key
  }

  init?(publicKey: [UInt8]) {
    guard
      let key = unsafe EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
    else { return nil }
    unsafe self.key = unsafe key
  }

  deinit { unsafe EVP_PKEY_free(key) }

  func publicKey() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Ed25519.keyByteCount)
    var count = bytes.count
    let result = unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count)
    precondition(result == 1 && count == bytes.count, "libcrypto: no public key")
    return bytes
  }

  func sign(_ message: [UInt8]) -> [UInt8] {
    guard let context = unsafe EVP_MD_CTX_new() else {
      preconditionFailure("libcrypto: out of memory")
    }
    defer { unsafe EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: Ed25519.signatureByteCount)
    var count = signature.count
    let isReady = unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1
    let result = unsafe EVP_DigestSign(context, &signature, &count, message, message.count)
    precondition(isReady && result == 1 && count == signature.count, "libcrypto: cannot sign")
    return signature
  }

  func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    unsafe isValidSignature(signature, for: message, under: key, hash: nil)
  }
}
