// SHA-256 (FIPS 180-4) over libcrypto's EVP interface. Fetching the algorithm and making a context
// cost more than hashing a short line, so both are done once and reused.

internal import CCrypto

/// An incremental hash; one thread at a time. After ``finish()`` it starts again from nothing.
@safe public final class SHA256 {
  private let context: OpaquePointer

  /// Fetched once for the process; libcrypto lets any thread use it.
  private nonisolated(unsafe) static let algorithm: OpaquePointer = {
    guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
      preconditionFailure("libcrypto has no SHA-256")
    }
    return unsafe algorithm
  }()

  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else {
      preconditionFailure("libcrypto: out of memory")
    }
    unsafe self.context = unsafe context
    let result = unsafe EVP_DigestInit_ex2(context, SHA256.algorithm, nil)
    precondition(result == 1, "libcrypto refuses SHA-256")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  public func update(_ bytes: UnsafeRawBufferPointer) {
    let result = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(result == 1, "libcrypto: SHA-256 failed")
  }

  public func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

  public func update(_ byte: UInt8) { unsafe withUnsafeBytes(of: byte) { unsafe update($0) } }

  public func update(_ digest: Digest) { unsafe digest.withUnsafeBytes { unsafe update($0) } }

  /// The hash of everything since the start or since the last call.
  public func finish() -> Digest {
    let digest = unsafe Digest { target in
      let result = unsafe EVP_DigestFinal_ex(context, target, nil)
      precondition(result == 1, "libcrypto: SHA-256 failed")
    }
    let result = unsafe EVP_DigestInit_ex2(context, nil, nil)
    precondition(result == 1, "libcrypto: SHA-256 failed")
    return digest
  }

  /// The hash of these bytes alone; to hash many, keep one instance.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
    let hash = SHA256()
    unsafe hash.update(bytes)
    return hash.finish()
  }

  public static func hash(_ bytes: [UInt8]) -> Digest {
    unsafe bytes.withUnsafeBytes { unsafe hash($0) }
  }
}
