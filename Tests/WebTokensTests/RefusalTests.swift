// What a refusal says, and what it keeps to itself.

import EventSourcing
import Testing
import WebTokens

struct `A refusal` {
  @Test func `says what is wrong and what would be right`() {
    let (time, now) = (Issuer.time(1_800_000_000), Issuer.time(1_800_000_100))
    let texts: [(TokenRefusal, String)] = [
      (.tooLong(byteCount: 9000), "the token has 9000 bytes; a token has at most 8192"),
      (
        .partCount(2),
        "the token has 2 parts; it has three: header.payload.signature (RFC 7515, section 7.1)"
      ),
      (
        .wrongAlgorithm(expected: .es256),
        "the header's alg is not that of the key, which is ES256"
      ),
      (
        .unsupportedAlgorithm(supported: [.edDSA, .es256]),
        "no configured key is for the header's alg; there are keys for EdDSA, ES256"
      ),
      (.missingClaim("nbf"), "the claim nbf is missing; it is required"),
      (.wrongIssuer(expected: "https://a.example"), #"the claim iss is not "https://a.example""#),
      (
        .expired(at: time, now: now),
        "the token expired at 2027-01-15T08:00:00.000000Z (exp); with 60 s of leeway it is too "
          + "late at 2027-01-15T08:01:40.000000Z"
      ),
      (
        .notYetValid(from: now, now: time),
        "the token is valid from 2027-01-15T08:01:40.000000Z on (nbf); with 60 s of leeway it is "
          + "too early at 2027-01-15T08:00:00.000000Z"
      ),
    ]
    for (refusal, text) in texts { #expect(refusal.description == text) }
  }

  /// A text that stands wherever a token has room for one.
  private static let mark = "mark4711"

  @Test func `repeats nothing of the token`() throws {
    let mark = `A refusal`.mark
    let claims = Issuer.claims
    let refused = [
      mark, "\(mark).\(mark)", "\(mark).\(mark).\(mark)", String(repeating: mark, count: 2000),
      Issuer.token(header: mark), Issuer.token(header: #"{"\#(mark)":1,"\#(mark)":2}"#),
      Issuer.token(header: #"{"alg":"\#(mark)"}"#),
      Issuer.token(header: #"{"alg":"\#(mark)","kid":"hs"}"#),
      Issuer.token(header: #"{"alg":"HS256","kid":"\#(mark)"}"#),
      Issuer.token(header: #"{"alg":"HS256","kid":["\#(mark)"]}"#),
      Issuer.token(header: #"{"alg":"HS256","typ":"\#(mark)"}"#),
      Issuer.token(header: #"{"alg":"HS256","jku":"\#(mark)"}"#),
      Issuer.token(header: #"{"alg":"HS256","crit":["\#(mark)"]}"#),
      Issuer.token(claims: mark), Issuer.token(claims: #"{"\#(mark)":1,"\#(mark)":2}"#),
      Issuer.token(claims: claims.replacing(Issuer.name, with: mark)),
      Issuer.token(claims: claims.replacing(#""redress""#, with: #"["\#(mark)"]"#)),
      Issuer.token(claims: claims.replacing(#""redress""#, with: #"["\#(mark)",1]"#)),
      Issuer.token(claims: claims.replacing("1800003600", with: #""\#(mark)""#)),
      Issuer.token(claims: claims.replacing("user-17", with: String(repeating: mark, count: 40))),
      Issuer.token(claims: claims.replacing("user-17", with: mark), secret: [UInt8](2...40)),
    ]
    for token in refused {
      let refusal = try #require(try Issuer.refusal(of: token), "\(token)")
      #expect(!"\(refusal)".contains(mark), "\(refusal)")
      #expect(!String(reflecting: refusal).contains(mark))
      for part in token.split(separator: ".") where part.count > 8 {
        #expect(!"\(refusal)".contains(part))
      }
    }
  }

  @Test func `shows no claims where a program prints them`() throws {
    let claims = try Issuer.verifier().verify(Issuer.token(), at: Issuer.issued)
    var dumped = ""
    dump(claims, to: &dumped)
    for text in ["\(claims)", dumped, String(reflecting: claims)] {
      #expect(!text.contains("user-17") && !text.contains("issuer"))
    }
  }
}
