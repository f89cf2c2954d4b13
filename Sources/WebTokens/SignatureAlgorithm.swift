// The algorithms that a token may be signed with, by their names in `alg` (RFC 7518, section 3.1;
// RFC 8037, section 3.1). `none` is not among them.

/// How a token is signed.
public enum SignatureAlgorithm: String, CaseIterable, Hashable, Sendable {
  /// Ed25519.
  case edDSA = "EdDSA"
  /// ECDSA on P-256 with SHA-256.
  case es256 = "ES256"
  /// RSASSA-PKCS1-v1_5 with SHA-256.
  case rs256 = "RS256"
  /// RSASSA-PSS with SHA-256.
  case ps256 = "PS256"
  /// HMAC with SHA-256, under a secret that signer and verifier share.
  case hs256 = "HS256"
}

extension [SignatureAlgorithm] {
  /// As errors list them.
  var names: String { map(\.rawValue).joined(separator: ", ") }
}
