// The rules for each type of key, and what a mistake is answered with.

import Cryptography
import Testing
import WebTokens

struct `A key of a set` {
  @Test(arguments: [
    (#""kty":"EC""#, #""kty":"EX""#, #"kty: found "EX", expected OKP, EC, RSA or oct"#),
    (#""kty":"EC""#, #""kty":1"#, "kty: missing or no text; expected OKP, EC, RSA or oct"),
    (#""kty":"EC","#, "", "kty: missing or no text; expected OKP, EC, RSA or oct"),
    (
      #""kty":"EC""#, #""kty":"O\#u{212A}P""#,
      "kty: found \"O\u{212A}P\", expected OKP, EC, RSA or oct"
    ),
    (#""crv":"P-256""#, #""crv":"P-384""#, #"crv: found "P-384", expected P-256"#),
    (#""crv":"P-256","#, "", "crv: missing or no text; expected P-256"),
    (
      #""kty":"EC""#, #""kty":"EC","alg":"ES384""#,
      #"alg: found "ES384", expected ES256 or no such member"#
    ),
    (
      #""kty":"EC""#, #""kty":"EC","alg":"HS256""#,
      #"alg: found "HS256", expected ES256 or no such member"#
    ),
    (#""kty":"EC""#, #""kty":"EC","alg":null"#, "alg: expected a text"),
    (
      #""kty":"EC""#, #""kty":"EC","use":"enc""#,
      "use: expected sig or no such member: the key verifies signatures"
    ),
    (
      #""kty":"EC""#, #""kty":"EC","use":["sig"]"#,
      "use: expected sig or no such member: the key verifies signatures"
    ),
    (
      #""kty":"EC""#, #""kty":"EC","key_ops":["sign"]"#,
      #"key_ops: expected an array of texts that has "verify""#
    ),
    (
      #""kty":"EC""#, #""kty":"EC","key_ops":[]"#,
      #"key_ops: expected an array of texts that has "verify""#
    ),
    (
      #""kty":"EC""#, #""kty":"EC","key_ops":"verify""#,
      #"key_ops: expected an array of texts that has "verify""#
    ),
    (
      #""kty":"EC""#, #""kty":"EC","key_ops":["verify",1]"#,
      #"key_ops: expected an array of texts that has "verify""#
    ),
    (
      #""kty":"EC""#, #""kty":"EC","key_ops":["verify","verify"]"#,
      "key_ops: an operation occurs twice; each occurs once"
    ),
    (#""x":"6"#, #""x":"7"#, "y: x and y are no point of the curve P-256"),
    (
      #""x":"6"#, #""x":"=6"#,
      "x: not base64url without padding (RFC 7515, section 2); expected a coordinate of 32 bytes"
    ),
    (
      #""x":"6"#, #""x":"AAAA6"#,
      "x: 35 bytes; a coordinate has 32, also where the first ones are zero"
    ),
    (#""x":"#, #""z":"#, "x: missing or no text; expected a coordinate of 32 bytes"),
  ])
  func `on P-256 follows the rules`(old: String, new: String, error: String) {
    #expect(
      keyError(Issuer.p256Key.replacing(old, with: new)) == #"keys[0] (kid "ec"): \#(error)"#)
  }

  @Test(arguments: [
    (#""crv":"Ed25519""#, #""crv":"X25519""#, #"crv: found "X25519", expected Ed25519"#),
    (
      #""kty":"OKP""#, #""kty":"OKP","alg":"ES256""#,
      #"alg: found "ES256", expected EdDSA or no such member"#
    ),
    (#""x":"V"#, #""x":"AAAAV"#, "x: 35 bytes; a public key has 32"),
    (
      #""x":"V"#, #""x":"V+"#,
      "x: not base64url without padding (RFC 7515, section 2); expected a public key of 32 bytes"
    ),
  ])
  func `of Ed25519 follows the rules`(old: String, new: String, error: String) {
    #expect(
      keyError(Issuer.ed25519Key.replacing(old, with: new)) == #"keys[0] (kid "ed"): \#(error)"#)
  }

  @Test func `of Ed25519 is none under which anyone can sign`() {
    let key = #"{"kty":"OKP","crv":"Ed25519","x":"\#(String(repeating: "A", count: 43))"}"#
    #expect(
      keyError(key)
        == "keys[0]: x: a point of small order, under which anyone can sign; expected a public key")
  }

  @Test(arguments: [
    (
      #""alg":"RS256","#, "",
      "alg: missing; add RS256 or PS256, whichever the issuer signs with: an RSA key serves one"
    ),
    ("RS256", "RS512", #"alg: found "RS512", expected RS256 or PS256"#),
    ("RS256", "HS256", #"alg: found "HS256", expected RS256 or PS256"#),
    (
      #""e":"AQAB""#, #""e":"AQ""#,
      "e: expected an odd number above 1 of at most 8 bytes, such as AQAB"
    ),
    (#""e":"AQAB""#, #""e":"AAEAAQ""#, "e: begins with a zero byte; leave it out"),
    (#""e":"AQAB""#, #""e":"""#, "e: empty; expected a number"),
    (
      #""e":"AQAB""#, #""e":65537"#,
      "e: missing or no text; expected a number as bytes, the most significant first"
    ),
    (#""n":"u"#, #""n":"AAAAu"#, "n: begins with a zero byte; leave it out"),
  ])
  func `of RSA follows the rules`(old: String, new: String, error: String) {
    #expect(
      keyError(Issuer.rs256Key.replacing(old, with: new)) == #"keys[0] (kid "rs"): \#(error)"#)
  }

  @Test func `of RSA has a modulus of 2048 to 8192 bits that is odd`() {
    func message(ofModulus bytes: [UInt8]) -> String? {
      keyError(
        #"{"kty":"RSA","alg":"PS256","n":"\#(Base64URL.encode(bytes))","e":"AQAB"}"#)
    }
    let odd = [UInt8](repeating: 0xFF, count: 256)
    #expect(message(ofModulus: odd) == nil)
    #expect(
      message(ofModulus: [0x7F] + odd.dropFirst()) == "keys[0]: n: 2047 bits; expected 2048 to 8192"
    )
    #expect(message(ofModulus: odd + odd + odd + odd) == nil)
    #expect(
      message(ofModulus: [1] + odd + odd + odd + odd)
        == "keys[0]: n: 8193 bits; expected 2048 to 8192")
    #expect(
      message(ofModulus: odd.dropLast() + [0xFE]) == "keys[0]: n: an even number; a modulus is odd")
  }

  @Test func `that is a secret has at least 32 bytes`() {
    func message(_ count: Int) -> String? {
      let secret = Base64URL.encode([UInt8](repeating: 7, count: count))
      return keyError(#"{"kty":"oct","kid":"s","k":"\#(secret)"}"#)
    }
    #expect(message(32) == nil)
    #expect(message(64) == nil)
    #expect(message(31) == #"keys[0] (kid "s"): k: 31 bytes; a secret has at least 32"#)
    #expect(message(0) == #"keys[0] (kid "s"): k: 0 bytes; a secret has at least 32"#)
    #expect(
      keyError(Issuer.secretKey.dropLast() + #","alg":"HS512"}"#)
        == #"keys[0] (kid "hs"): alg: found "HS512", expected HS256 or no such member"#)
  }

  @Test(arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
  func `holds nothing that only the signer has`(member: String) {
    for (key, id) in [
      (Issuer.ed25519Key, "ed"), (Issuer.p256Key, "ec"), (Issuer.rs256Key, "rs"),
    ] {
      #expect(
        keyError(key.dropLast() + #","\#(member)":"c2VjcmV0"}"#) == """
          keys[0] (kid "\(id)"): \(member): a private member; a key for verifying has none: export \
          the public key alone, and replace the key pair if this file was shared
          """)
    }
  }

  @Test func `has a kid of 1 to 256 bytes, or none`() {
    func message(_ kid: String) -> String? {
      keyError(Issuer.secretKey.replacing(#""kid":"hs""#, with: #""kid":\#(kid)"#))
    }
    #expect(message("\"x\"") == nil)
    #expect(message("\"\(String(repeating: "x", count: 256))\"") == nil)
    #expect(message(#""""#) == #"keys[0] (kid ""): kid: expected a text of 1 to 256 bytes"#)
    #expect(message("1") == "keys[0]: kid: expected a text of 1 to 256 bytes")
    let long = String(repeating: "x", count: 257)
    #expect(
      message("\"\(long)\"")
        == #"keys[0] (kid "\#(long.prefix(60))…"): kid: expected a text of 1 to 256 bytes"#)
  }
}
