// The first hash of a line's way into its tenant's Merkle tree (RFC 6962, section 2.1): the zero
// byte keeps a leaf from being taken for an inner node.

public import Cryptography

/// SHA-256 of a zero byte and then the line without its newline.
public func leafHash(_ line: UnsafeRawBufferPointer, using hash: SHA256) -> Digest {
  hash.update(0x00)
  hash.update(line)
  return hash.finish()
}

/// SHA-256 of a zero byte and then the line without its newline.
public func leafHash(_ line: [UInt8]) -> Digest {
  line.withUnsafeBytes { leafHash($0, using: SHA256()) }
}
