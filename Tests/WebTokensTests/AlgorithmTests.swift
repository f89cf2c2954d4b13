// Every algorithm with a token that another program signed, the examples of the RFCs, and tokens
// that try to be read under another key or algorithm than their own.

import Cryptography
import JSON
import Testing
import WebTokens

struct `A signed token` {
  @Test(arguments: SignatureAlgorithm.allCases)
  func `of each algorithm is accepted under its key, in any set`(
    algorithm: SignatureAlgorithm
  ) throws {
    let token = try #require(Issuer.tokens[algorithm])
    let alone = try Issuer.allKeys.filter {
      try Issuer.keySet([$0]).keys[0].algorithm == algorithm
    }
    #expect(alone.count == 1)
    for keys in [Issuer.allKeys, Issuer.allKeys.reversed(), alone] {
      let claims = try Issuer.verifier(keys).verify(token, at: Issuer.issued)
      #expect(claims.subject == "user-17")
    }
  }

  @Test(arguments: SignatureAlgorithm.allCases)
  func `of each algorithm is refused with any character changed`(
    algorithm: SignatureAlgorithm
  ) throws {
    let verifier = try Issuer.verifier()
    let token = Array(try #require(Issuer.tokens[algorithm]).utf8)
    for index in token.indices {
      var other = token
      other[index] = token[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let text = String(decoding: other, as: UTF8.self)
      #expect(throws: TokenRefusal.self, "\(index)") {
        try verifier.verify(text, at: Issuer.issued)
      }
    }
  }

  @Test(arguments: SignatureAlgorithm.allCases)
  func `of each algorithm is refused under every other key`(algorithm: SignatureAlgorithm) throws {
    let token = try #require(Issuer.tokens[algorithm])
    let kid = try #require(Issuer.keySet().keys.first { $0.algorithm == algorithm }?.id)
    for key in try Issuer.keySet().keys where key.algorithm != algorithm {
      // The other key takes the name of the token's.
      let document = try #require(
        Issuer.allKeys.first { $0.contains(#""kid":"\#(key.id ?? "")""#) }
      )
      .replacing(#""kid":"\#(key.id ?? "")""#, with: #""kid":"\#(kid)""#)
      #expect(
        try Issuer.refusal(of: token, keys: [document])
          == .wrongAlgorithm(expected: key.algorithm))
    }
  }

  @Test(arguments: [
    // RFC 7515, appendices A.1, A.2 and A.3; RFC 8037, appendix A.4.
    (SignatureAlgorithm.hs256, RFCExample.hs256), (.rs256, .rs256), (.es256, .es256),
    (.edDSA, .edDSA),
  ])
  func `of the RFCs is verified`(algorithm: SignatureAlgorithm, example: RFCExample) throws {
    let keys = try Issuer.keySet([example.key])
    #expect(keys.keys.map(\.algorithm) == [algorithm])
    let payload = try SignedText(Array(example.token.utf8)).payload(verifiedBy: keys)
    #expect(String(decoding: payload, as: UTF8.self) == example.payload)
    let other = String(example.token.dropLast(4)) + "AAAA"
    #expect(throws: TokenRefusal.wrongSignature) {
      try SignedText(Array(other.utf8)).payload(verifiedBy: keys)
    }
  }
}

struct `A token that confuses keys` {
  /// What an attacker knows of an RSA key, as bytes that could be taken for a secret.
  @Test func `with a public key's bytes as its secret is refused`() throws {
    let key = try JSONValue(parsing: Array(Issuer.rs256Key.utf8))
    let encoded = try #require(key["n"]?.string)
    let modulus = try #require(Base64URL.decode(encoded.utf8))
    for secret in [modulus, Array(Issuer.rs256Key.utf8), Array(encoded.utf8)] {
      let named = Issuer.token(header: #"{"alg":"HS256","kid":"rs"}"#, secret: secret)
      #expect(try Issuer.refusal(of: named) == .wrongAlgorithm(expected: .rs256))
      let unnamed = Issuer.token(header: #"{"alg":"HS256"}"#, secret: secret)
      #expect(try Issuer.refusal(of: unnamed) == .wrongSignature)
      #expect(
        try Issuer.refusal(of: unnamed, keys: [Issuer.rs256Key])
          == .unsupportedAlgorithm(supported: [.rs256]))
      // The header may say what the key is for; the signature is still none of it.
      let honest = Issuer.token(header: #"{"alg":"RS256","kid":"rs"}"#, secret: secret)
      #expect(try Issuer.refusal(of: honest) == .wrongSignature)
    }
  }

  @Test func `with another type's key is refused`() throws {
    let token = try #require(Issuer.tokens[.es256])
    let parts = token.split(separator: ".")
    let header = Issuer.encode(#"{"alg":"ES256","kid":"rs"}"#)
    #expect(
      try Issuer.refusal(of: "\(header).\(parts[1]).\(parts[2])")
        == .wrongAlgorithm(expected: .rs256))
  }

  @Test func `with the other padding under the same modulus is refused`() throws {
    let token = try #require(Issuer.tokens[.rs256])
    let parts = token.split(separator: ".")
    let header = Issuer.encode(#"{"alg":"PS256","kid":"ps"}"#)
    #expect(try Issuer.refusal(of: "\(header).\(parts[1]).\(parts[2])") == .wrongSignature)
  }

  @Test(arguments: ["none", "None", "NONE", "nOnE"])
  func `without a signature is refused`(name: String) throws {
    for header in [#"{"alg":"\#(name)"}"#, #"{"alg":"\#(name)","kid":"hs"}"#] {
      let message = "\(Issuer.encode(header)).\(Issuer.encode(Issuer.claims))"
      #expect(try Issuer.refusal(of: "\(message).") == .unsigned)
      #expect(try Issuer.refusal(of: message) == .partCount(2))
      #expect(try Issuer.refusal(of: Issuer.token(header: header)) == .unsigned)
    }
    for other in [" none", "none ", "", "n\u{F6}ne"] {
      let header = #"{"alg":"\#(other)","kid":"hs"}"#
      let refusal = try Issuer.refusal(of: Issuer.token(header: header))
      #expect(refusal == .wrongAlgorithm(expected: .hs256))
    }
  }

  @Test(arguments: ["hs256", "HS384", "HS512", "ES256", "HS256 ", "HS256\\u0000"])
  func `with an algorithm that is not its key's is refused`(name: String) throws {
    let header = #"{"alg":"\#(name)","kid":"hs"}"#
    #expect(
      try Issuer.refusal(of: Issuer.token(header: header)) == .wrongAlgorithm(expected: .hs256))
  }
}
