// Verification of JSON Web Tokens (RFC 7519) by the practices of RFC 8725: the form, then the key
// and the signature, and only then the claims.

public import EventSourcing

/// Accepts the tokens that one issuer made for one audience.
public struct TokenVerifier: Sendable {
  public let keys: KeySet
  /// What `iss` must be, byte by byte.
  public let issuer: String
  /// What `aud` must be or have, byte by byte.
  public let audience: String

  /// How far the issuer's clock may be from ours (RFC 7519, sections 4.1.4 and 4.1.5).
  public static let leewaySeconds: Int64 = 60

  /// - Precondition: neither issuer nor audience is empty.
  public init(keys: KeySet, issuer: String, audience: String) {
    precondition(!issuer.isEmpty && !audience.isEmpty, "an issuer and an audience have names")
    self.keys = keys
    self.issuer = issuer
    self.audience = audience
  }

  /// Reads a token and checks every rule.
  ///
  /// - Parameter token: the compact form alone, without `Bearer`.
  /// - Throws: ``TokenRefusal`` for the first rule that does not hold.
  public func verify(_ token: String, at now: Timestamp) throws(TokenRefusal) -> Claims {
    let payload = try SignedText(Array(token.utf8)).payload(verifiedBy: keys)
    let claims = try Claims(payload: payload)
    // RFC 8725, sections 3.8 and 3.9.
    guard claims.issuer.hasSameBytes(as: issuer) else { throw .wrongIssuer(expected: issuer) }
    guard claims.audiences.contains(where: audience.hasSameBytes) else {
      throw .wrongAudience(expected: audience)
    }
    let leeway = TokenVerifier.leewaySeconds * 1_000_000
    guard now.microseconds < claims.expiration.microseconds + leeway else {
      throw .expired(at: claims.expiration, now: now)
    }
    guard now.microseconds >= claims.notBefore.microseconds - leeway else {
      throw .notYetValid(from: claims.notBefore, now: now)
    }
    return claims
  }
}
