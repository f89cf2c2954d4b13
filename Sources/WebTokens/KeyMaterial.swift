// The numbers of each type of key (RFC 7518, section 6; RFC 8037, section 2) and the one algorithm
// each key serves.

import Cryptography

extension KeyDocument {
  private static let types = "OKP, EC, RSA or oct"

  func material() throws(KeySetError) -> VerificationKey.Material {
    let type = try text("kty", KeyDocument.types)
    switch type.utf8 {
    case let name where name.elementsEqual("OKP".utf8): return try ed25519()
    case let name where name.elementsEqual("EC".utf8): return try p256()
    case let name where name.elementsEqual("RSA".utf8): return try rsa()
    case let name where name.elementsEqual("oct".utf8): return try secret()
    default: throw failure("kty", "found \(quoted(type)), expected \(KeyDocument.types)")
    }
  }

  private func ed25519() throws(KeySetError) -> VerificationKey.Material {
    try checkIsPublic()
    try checkCurve("Ed25519")
    try checkAlgorithm(is: .edDSA)
    let bytes = try bytes("x", "a public key of \(Ed25519.keyByteCount) bytes")
    guard let key = Ed25519.PublicKey(bytes) else {
      throw failure("x", "\(bytes.count) bytes; a public key has \(Ed25519.keyByteCount)")
    }
    guard !key.hasSmallOrder else {
      throw failure(
        "x", "a point of small order, under which anyone can sign; expected a public key")
    }
    return .ed25519(key)
  }

  private func p256() throws(KeySetError) -> VerificationKey.Material {
    try checkIsPublic()
    try checkCurve("P-256")
    try checkAlgorithm(is: .es256)
    let x = try coordinate("x")
    let y = try coordinate("y")
    guard let key = P256.PublicKey(x: x, y: y) else {
      throw failure("y", "x and y are no point of the curve P-256")
    }
    return .p256(key)
  }

  private func coordinate(_ name: String) throws(KeySetError) -> [UInt8] {
    let length = P256.coordinateByteCount
    let bytes = try bytes(name, "a coordinate of \(length) bytes")
    guard bytes.count == length else {
      throw failure(
        name, "\(bytes.count) bytes; a coordinate has \(length), also where the first ones are zero"
      )
    }
    return bytes
  }

  private func checkCurve(_ expected: String) throws(KeySetError) {
    let curve = try text("crv", expected)
    guard curve.hasSameBytes(as: expected) else {
      throw failure("crv", "found \(quoted(curve)), expected \(expected)")
    }
  }

  private func rsa() throws(KeySetError) -> VerificationKey.Material {
    try checkIsPublic()
    let padding = try padding()
    let modulus = try number("n")
    let exponent = try number("e")
    do {
      return .rsa(try RSA.PublicKey(modulus: modulus, exponent: exponent), padding)
    } catch {
      throw failure(error)
    }
  }

  /// An RSA key can serve both algorithms, so it has to say which one it is for.
  private func padding() throws(KeySetError) -> RSA.Padding {
    guard let name = try algorithm() else {
      throw failure(
        "alg", "missing; add RS256 or PS256, whichever the issuer signs with: an RSA key serves one"
      )
    }
    switch SignatureAlgorithm(rawValue: name) {
    case .rs256: return .pkcs1
    case .ps256: return .pss
    case .edDSA, .es256, .hs256, nil:
      throw failure("alg", "found \(quoted(name)), expected RS256 or PS256")
    }
  }

  /// A Base64urlUInt (RFC 7518, section 2): as few bytes as the number needs.
  private func number(_ name: String) throws(KeySetError) -> [UInt8] {
    let bytes = try bytes(name, "a number as bytes, the most significant first")
    guard let first = bytes.first, first != 0 else {
      throw failure(
        name, bytes.isEmpty ? "empty; expected a number" : "begins with a zero byte; leave it out")
    }
    return bytes
  }

  private func failure(_ error: RSA.KeyError) -> KeySetError {
    switch error {
    case .modulusBitCount(let count):
      let range = RSA.modulusBitCounts
      return failure("n", "\(count) bits; expected \(range.lowerBound) to \(range.upperBound)")
    case .evenModulus: return failure("n", "an even number; a modulus is odd")
    case .exponent:
      return failure(
        "e",
        "expected an odd number above 1 of at most \(RSA.exponentByteCountMax) bytes, such as "
          + "AQAB")
    }
  }

  private func secret() throws(KeySetError) -> VerificationKey.Material {
    try checkAlgorithm(is: .hs256)
    let bytes = try bytes("k", "a secret of at least \(Digest.byteCount) bytes")
    // RFC 7518, section 3.2: no shorter than the hash.
    guard bytes.count >= Digest.byteCount else {
      throw failure("k", "\(bytes.count) bytes; a secret has at least \(Digest.byteCount)")
    }
    return .secret(bytes)
  }
}
