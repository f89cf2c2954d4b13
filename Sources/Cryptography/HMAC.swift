// HMAC-SHA-256 (RFC 2104): a hash that only whoever has the key can compute, or confirm a guess by.

internal import CCrypto

/// Keyed hashes.
public enum HMAC {
  /// The HMAC-SHA-256 of these bytes.
  public static func sha256(_ bytes: [UInt8], key: UnsafeRawBufferPointer) -> Digest {
    unsafe Digest { target in
      var count: UInt32 = 0
      let result = unsafe CCrypto.HMAC(
        EVP_sha256(), key.baseAddress, Int32(key.count), bytes, bytes.count, target, &count)
      precondition(
        unsafe result != nil && count == UInt32(Digest.byteCount), "libcrypto: HMAC failed")
    }
  }
}
