// ECDSA on the curve P-256 with SHA-256 (FIPS 186-5), verification only. A signature is r ‖ s, 32
// bytes each, as in JSON Web Signatures (RFC 7518, section 3.4); libcrypto reads it as DER.

/// Signatures on the curve P-256.
public enum P256 {
  /// The length of each of a point's two coordinates.
  public static let coordinateByteCount = 32
  public static let signatureByteCount = 64

  /// The verifying key: a point of the curve.
  public struct PublicKey: Sendable {
    private let key: VerifyingKey

    /// - Returns: `nil` unless both coordinates have exactly 32 bytes and are a point of the curve.
    public init?(x: [UInt8], y: [UInt8]) {
      guard x.count == coordinateByteCount, y.count == coordinateByteCount,
        let key = VerifyingKey(der: DER.sequence(algorithm, DER.bitString([uncompressed] + x + y)))
      else { return nil }
      self.key = key
    }

    /// Whether the private key made this signature of exactly this message.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
      guard signature.count == signatureByteCount else { return false }
      let (r, s) = (signature.prefix(coordinateByteCount), signature.suffix(coordinateByteCount))
      return key.isValid(DER.sequence(DER.integer(r), DER.integer(s)), for: message)
    }
  }

  /// id-ecPublicKey with prime256v1 (RFC 5480, section 2.1.1).
  private static let algorithm = DER.sequence(
    DER.objectIdentifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]),
    DER.objectIdentifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]))

  /// What a point begins with whose coordinates both follow (SEC 1, section 2.3.3).
  private static let uncompressed: UInt8 = 4
}
