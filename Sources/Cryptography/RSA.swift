// RSA signatures with SHA-256 (RFC 8017, section 8), verification only.
//
// What must hold: a key is in the ranges below, so that it is neither weak nor slow to use; a
// signature is exactly as long as its key's modulus.

/// Signatures under an RSA modulus.
public enum RSA {
  /// How many bits a modulus may have. 2048 is the least that RFC 7518, section 3.3 allows.
  public static let modulusBitCounts = 2048...8192
  /// libcrypto takes no longer exponent with a modulus of more than 3072 bits.
  public static let exponentByteCountMax = 8

  /// How a hash becomes a number.
  public enum Padding: Hashable, Sendable {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    case pkcs1
    /// RSASSA-PSS with MGF1, SHA-256 and a salt of 32 bytes (RFC 8017, section 8.1).
    case pss
  }

  /// Why two numbers are no public key.
  public enum KeyError: Error, Hashable, Sendable {
    /// The modulus has fewer or more bits than ``modulusBitCounts``.
    case modulusBitCount(Int)
    /// The modulus is even, so no product of two large primes.
    case evenModulus
    /// The exponent is even, or 1 or less, or has more than 64 bits.
    case exponent
  }

  /// The verifying key.
  public struct PublicKey: Sendable {
    private let key: VerifyingKey
    /// The length of every signature under this key.
    public let signatureByteCount: Int

    /// - Parameters:
    ///   - modulus: the most significant byte first, as is `exponent`.
    public init(modulus: [UInt8], exponent: [UInt8]) throws(RSA.KeyError) {
      let modulus = modulus.drop { $0 == 0 }
      let exponent = exponent.drop { $0 == 0 }
      let bitCount = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
      guard modulusBitCounts.contains(bitCount) else { throw .modulusBitCount(bitCount) }
      guard !modulus.last.isEven else { throw .evenModulus }
      guard exponent.count <= exponentByteCountMax, !exponent.last.isEven,
        !exponent.elementsEqual([1])
      else { throw .exponent }
      let numbers = DER.sequence(DER.integer(modulus), DER.integer(exponent))
      guard let key = VerifyingKey(der: DER.sequence(algorithm, DER.bitString(numbers))) else {
        preconditionFailure("libcrypto refuses an RSA key in its range")
      }
      self.key = key
      signatureByteCount = modulus.count
    }

    /// Whether the private key made this signature of exactly this message.
    public func isValid(_ signature: [UInt8], for message: [UInt8], padding: Padding) -> Bool {
      signature.count == signatureByteCount
        && key.isValid(signature, for: message, padding: padding)
    }
  }

  /// rsaEncryption (RFC 8017, appendix A.1).
  private static let algorithm = DER.sequence(
    DER.objectIdentifier([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]), DER.null)
}

extension UInt8? {
  /// Of a number's last byte; a number without bytes is 0.
  fileprivate var isEven: Bool { (self ?? 0) & 1 == 0 }
}
