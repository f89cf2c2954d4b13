// SHA-256 (FIPS 180-4) over libcrypto's block functions. The lines that Redress hashes are short:
// the EVP interface's own work for each message would cost a tenth of a check of the whole log.

internal import CCrypto

/// An incremental hash; one thread at a time. After ``finish()`` it starts again.
@safe public final class SHA256 {
  private let context: UnsafeMutablePointer<SHA256_CTX>
  /// What every message starts from.
  private let beginning: SHA256_CTX

  /// - Parameter prefix: what every message begins with.
  public init(after prefix: [UInt8] = []) {
    unsafe context = .allocate(capacity: 1)
    var result = unsafe SHA256_Init(context)
    precondition(result == 1, "libcrypto refuses SHA-256")
    result = unsafe SHA256_Update(context, prefix, prefix.count)
    precondition(result == 1, "libcrypto: SHA-256 failed")
    beginning = unsafe context.pointee
  }

  deinit { unsafe context.deallocate() }

  public func update(_ bytes: UnsafeRawBufferPointer) {
    let result = unsafe SHA256_Update(context, bytes.baseAddress, bytes.count)
    precondition(result == 1, "libcrypto: SHA-256 failed")
  }

  public func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

  public func update(_ byte: UInt8) { unsafe withUnsafeBytes(of: byte) { unsafe update($0) } }

  public func update(_ digest: Digest) { unsafe digest.withUnsafeBytes { unsafe update($0) } }

  /// The hash of everything since the start or since the last call.
  public func finish() -> Digest {
    let digest = unsafe Digest { target in
      let result = unsafe SHA256_Final(target, context)
      precondition(result == 1, "libcrypto: SHA-256 failed")
    }
    unsafe context.pointee = beginning
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
