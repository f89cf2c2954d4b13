// The leaf hash of a line (RFC 6962, section 2.1). Its zero byte keeps a leaf from being taken for
// an inner node.

public import Cryptography

/// Hashes lines into leaves; one thread at a time.
public final class LeafHasher {
  private let hash = SHA256(after: [0x00])

  /// Makes a hasher with a context of its own.
  public init() {}

  /// SHA-256 of a zero byte and then the line without its newline.
  public func leafHash(_ line: UnsafeRawBufferPointer) -> Digest {
    hash.update(line)
    return hash.finish()
  }
}

/// SHA-256 of a zero byte and then the line without its newline.
public func leafHash(_ line: [UInt8]) -> Digest {
  line.withUnsafeBytes { LeafHasher().leafHash($0) }
}
