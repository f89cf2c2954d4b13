// Why a token was refused, a case for each rule. A description says what is wrong and what would be
// right. Of the token it repeats nothing but times and counts, so that a log of refusals holds no
// token, no secret and no personal data.

public import EventSourcing

/// The three parts of a token, in their order.
public enum TokenPart: String, Hashable, Sendable {
  case header, payload, signature
}

/// A token that was refused.
public enum TokenRefusal: Error, Hashable, Sendable {
  // The form (RFC 7515, section 7.1).
  case tooLong(byteCount: Int)
  case partCount(Int)
  case notBase64URL(TokenPart)
  case notAnObject(TokenPart)
  case repeatedMember(TokenPart)

  // The header (RFC 7515, section 4.1).
  /// `alg` is missing or no text.
  case noAlgorithm
  /// `alg` is `none`, in any case of its letters (RFC 8725, section 3.2).
  case unsigned
  /// `jku`, `jwk`, `x5u` or `x5c` (RFC 8725, section 3.10).
  case embeddedKey(member: String)
  /// `crit` (RFC 7515, section 4.1.11).
  case criticalExtension
  /// `b64` (RFC 7797).
  case unencodedPayload
  /// `typ` (RFC 8725, section 3.11).
  case wrongType
  case malformedKeyID

  // The key and the signature.
  /// `kid` names no key of the set.
  case unknownKey
  /// The key that `kid` names serves another algorithm (RFC 8725, section 3.1).
  case wrongAlgorithm(expected: SignatureAlgorithm)
  /// There is no `kid`, and no key serves the token's algorithm.
  case unsupportedAlgorithm(supported: [SignatureAlgorithm])
  /// There is no `kid`, and several keys serve the token's algorithm.
  case ambiguousKey(candidateCount: Int)
  case wrongSignature

  // The claims (RFC 7519, section 4.1).
  case missingClaim(String)
  case malformedClaim(String, expected: String)
  case wrongIssuer(expected: String)
  case wrongAudience(expected: String)
  case expired(at: Timestamp, now: Timestamp)
  case notYetValid(from: Timestamp, now: Timestamp)
}

extension TokenRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count):
      "the token has \(count) bytes; a token has at most \(SignedText.byteCountMax)"
    case .partCount(let count):
      "the token has \(count) parts; it has three: header.payload.signature (RFC 7515, section 7.1)"
    case .notBase64URL(let part):
      "the \(part.rawValue) is not base64url without padding (RFC 7515, section 2)"
    case .notAnObject(let part): "the \(part.rawValue) is not a JSON object"
    case .repeatedMember(let part):
      "a name occurs twice in an object of the \(part.rawValue); each occurs once"
    case .noAlgorithm: "the header's alg is missing or no text; it names the signature's algorithm"
    case .unsigned: "the header's alg is none; a token is signed"
    case .embeddedKey(let member):
      "the header has \(member); a token names a configured key by kid and brings none"
    case .criticalExtension: "the header has crit; no extension is supported"
    case .unencodedPayload: "the header has b64; a payload is base64url-encoded"
    case .wrongType: "the header's typ is another than JWT or at+jwt"
    case .malformedKeyID: "the header's kid is no text"
    case .unknownKey:
      "the header's kid names no configured key; a new key of the issuer goes into the key set"
    case .wrongAlgorithm(let expected):
      "the header's alg is not that of the key, which is \(expected.rawValue)"
    case .unsupportedAlgorithm(let supported):
      "no configured key is for the header's alg; there are keys for \(supported.names)"
    case .ambiguousKey(let count):
      "the header has no kid, and \(count) configured keys are for its alg; a token names its key"
    case .wrongSignature: "the signature is not the key's for this header and payload"
    case .missingClaim(let name): "the claim \(name) is missing; it is required"
    case .malformedClaim(let name, let expected): "the claim \(name) is not \(expected)"
    case .wrongIssuer(let expected): "the claim iss is not \(quoted(expected))"
    case .wrongAudience(let expected): "the claim aud does not have \(quoted(expected))"
    case .expired(let time, let now):
      "the token expired at \(time) (exp); with \(TokenVerifier.leewaySeconds) s of leeway it is "
        + "too late at \(now)"
    case .notYetValid(let time, let now):
      "the token is valid from \(time) on (nbf); with \(TokenVerifier.leewaySeconds) s of leeway "
        + "it is too early at \(now)"
    }
  }
}
