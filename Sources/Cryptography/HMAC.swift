// HMAC-SHA-256 (RFC 2104): a hash that cannot be computed, or a guess confirmed by, without the
// key. Over libcrypto's block functions, as SHA-256 is: its own HMAC looks the algorithm up for
// each message, which takes five times as long as a short message.

internal import CCrypto

/// Keyed hashes.
public enum HMAC {
  private static let blockByteCount = 64

  /// The HMAC-SHA-256 of these bytes.
  public static func sha256(_ bytes: [UInt8], key: UnsafeRawBufferPointer) -> Digest {
    if key.count > blockByteCount {
      return unsafe SHA256.hash(key).withUnsafeBytes { unsafe sha256(bytes, key: $0) }
    }
    return unsafe withUnsafeTemporaryAllocation(byteCount: blockByteCount, alignment: 8) { block in
      defer { unsafe block.initializeMemory(as: UInt8.self, repeating: 0) }
      let hash = SHA256()
      unsafe pad(key, with: 0x36, into: block)
      unsafe hash.update(UnsafeRawBufferPointer(block))
      hash.update(bytes)
      let inner = hash.finish()
      unsafe pad(key, with: 0x5C, into: block)
      unsafe hash.update(UnsafeRawBufferPointer(block))
      hash.update(inner)
      return hash.finish()
    }
  }

  /// Whether a code is the HMAC-SHA-256 of these bytes. Takes as long for a wrong code as for a
  /// right one.
  public static func isValid(_ code: [UInt8], for bytes: [UInt8], key: [UInt8]) -> Bool {
    guard code.count == Digest.byteCount else { return false }
    let expected = unsafe key.withUnsafeBytes { unsafe sha256(bytes, key: $0) }
    return unsafe expected.withUnsafeBytes {
      unsafe CRYPTO_memcmp($0.baseAddress, code, code.count) == 0
    }
  }

  private static func pad(
    _ key: UnsafeRawBufferPointer, with byte: UInt8, into block: UnsafeMutableRawBufferPointer
  ) {
    for place in 0..<blockByteCount {
      unsafe block[place] = byte ^ (place < key.count ? key[place] : 0)
    }
  }
}
