// The claims, rule by rule, in tokens whose signature is valid.

import EventSourcing
import Testing
import WebTokens

struct `A token's claims` {
  @Test func `are read, the required ones and any other`() throws {
    let claims = try Issuer.verifier().verify(
      Issuer.token(
        claims: Issuer.claims.dropLast()
          + #","tenant":"acme","roles":["agent","approver"],"customer_id":"c\u002d9","n":1,"#
          + #""mixed":["a",1],"none":null,"empty":[]}"#), at: Issuer.issued)
    #expect(claims.issuer == "https://issuer.example")
    #expect(claims.subject == "user-17")
    #expect(claims.audiences == ["redress"])
    #expect(claims.notBefore.description == "2027-01-15T08:00:00.000000Z")
    #expect(claims.expiration.description == "2027-01-15T09:00:00.000000Z")
    #expect(try claims.string("tenant") == "acme")
    #expect(try claims.string("customer_id") == "c-9")
    #expect(try claims.strings("roles") == ["agent", "approver"])
    #expect(try claims.strings("tenant") == ["acme"])
    #expect(try claims.strings("empty") == [])
    #expect(try claims.string("Tenant") == nil)
    #expect(try claims.strings("groups") == nil)
    for name in ["roles", "n", "none", "empty"] {
      #expect(throws: TokenRefusal.malformedClaim(name, expected: "a text")) {
        try claims.string(name)
      }
    }
    for name in ["n", "none", "mixed"] {
      #expect(
        throws: TokenRefusal.malformedClaim(name, expected: "a text or an array of texts")
      ) { try claims.strings(name) }
    }
  }

  @Test(arguments: ["iss", "aud", "exp", "nbf", "sub"])
  func `are all there`(name: String) throws {
    let other = Issuer.claims.replacing("\"\(name)\"", with: "\"\(name.uppercased())\"")
    #expect(try refusal(other) == .missingClaim(name))
  }

  @Test(arguments: [
    "[]", "null", "\"text\"", "", "{", "{}x", "{\"exp\":NaN}", "{\"exp\":Infinity}",
  ])
  func `are a JSON object`(payload: String) throws {
    #expect(try refusal(payload) == .notAnObject(.payload))
  }

  @Test(arguments: [
    #","sub":"admin"}"#, #","\u0073ub":"admin"}"#, #","exp":1900000000}"#,
    #","tenant":"a","tenant":"a"}"#, #","nested":{"a":[{"b":1,"b":1}]}}"#,
  ])
  func `have no name twice`(end: String) throws {
    #expect(try refusal(Issuer.claims.dropLast() + end) == .repeatedMember(.payload))
  }

  @Test(arguments: [
    #""https://issuer.example/""#, #""https://ISSUER.example""#, #""issuer.example""#, #""""#,
    #""https://issuer.example\u0000""#, #""https://issuer.example ""#,
  ])
  func `are of the configured issuer`(issuer: String) throws {
    let claims = Issuer.claims.replacing(#""https://issuer.example""#, with: issuer)
    #expect(try refusal(claims) == .wrongIssuer(expected: Issuer.name))
  }

  @Test func `are of the issuer byte by byte, not of an equivalent one`() throws {
    // Swift calls the Kelvin sign and K equal.
    let verifier = TokenVerifier(keys: try Issuer.keySet(), issuer: "K", audience: "K")
    func refusal(issuer: String, audience: String) -> TokenRefusal? {
      let claims = Issuer.claims.replacing("https://issuer.example", with: issuer)
        .replacing(#""redress""#, with: #""\#(audience)""#)
      do throws(TokenRefusal) {
        _ = try verifier.verify(Issuer.token(claims: claims), at: Issuer.issued)
        return nil
      } catch {
        return error
      }
    }
    #expect("\u{212A}" == "K")
    #expect(refusal(issuer: "K", audience: "K") == nil)
    #expect(refusal(issuer: "\u{212A}", audience: "K") == .wrongIssuer(expected: "K"))
    #expect(refusal(issuer: "K", audience: "\u{212A}") == .wrongAudience(expected: "K"))
  }

  @Test func `are for the configured audience, alone or among others`() throws {
    func refusal(audience: String) throws -> TokenRefusal? {
      try self.refusal(Issuer.claims.replacing(#""redress""#, with: audience))
    }
    for audience in [#"["redress"]"#, #"["other","redress"]"#, #"["redress","redress"]"#] {
      #expect(try refusal(audience: audience) == nil, "\(audience)")
    }
    for audience in [
      #""other""#, #""redress ""#, #""Redress""#, #""""#, "[]", #"["other"]"#,
      #"["other redress"]"#,
    ] {
      #expect(try refusal(audience: audience) == .wrongAudience(expected: "redress"), "\(audience)")
    }
    for audience in ["null", "1", "{}", #"["redress",1]"#, #"[["redress"]]"#, #"{"redress":1}"#] {
      #expect(
        try refusal(audience: audience)
          == .malformedClaim("aud", expected: "a text or an array of texts"), "\(audience)")
    }
  }

  @Test func `have a subject of 1 to 256 bytes`() throws {
    func refusal(subject: String) throws -> TokenRefusal? {
      try self.refusal(Issuer.claims.replacing(#""user-17""#, with: subject))
    }
    for subject in ["x", String(repeating: "x", count: 256), String(repeating: "ä", count: 128)] {
      #expect(try refusal(subject: "\"\(subject)\"") == nil)
    }
    for subject in ["", String(repeating: "x", count: 257), String(repeating: "ä", count: 129)] {
      #expect(
        try refusal(subject: "\"\(subject)\"")
          == .malformedClaim("sub", expected: "a text of 1 to 256 bytes"))
    }
    for subject in ["17", "null", #"["user-17"]"#, "{}", "true"] {
      #expect(try refusal(subject: subject) == .malformedClaim("sub", expected: "a text"))
    }
    for issuer in ["17", "null", "[]"] {
      let claims = Issuer.claims.replacing(#""https://issuer.example""#, with: issuer)
      #expect(try self.refusal(claims) == .malformedClaim("iss", expected: "a text"))
    }
  }

  private func refusal(_ claims: String) throws -> TokenRefusal? {
    try Issuer.refusal(of: Issuer.token(claims: claims))
  }
}

struct `A token's times` {
  @Test func `are kept with 60 seconds of leeway, to the microsecond`() throws {
    // Valid from 1,800,000,000 on, up to 1,800,003,600.
    let (start, end) = (Issuer.time(1_800_000_000), Issuer.time(1_800_003_600))
    let token = Issuer.token()
    let early = Issuer.time(1_800_000_000 - 61, microseconds: 999_999)
    #expect(try Issuer.refusal(of: token, at: early) == .notYetValid(from: start, now: early))
    #expect(try Issuer.refusal(of: token, at: Issuer.time(1_800_000_000 - 60)) == nil)
    #expect(try Issuer.refusal(of: token, at: start) == nil)
    #expect(try Issuer.refusal(of: token, at: end) == nil)
    let last = Issuer.time(1_800_003_600 + 59, microseconds: 999_999)
    #expect(try Issuer.refusal(of: token, at: last) == nil)
    let late = Issuer.time(1_800_003_600 + 60)
    #expect(try Issuer.refusal(of: token, at: late) == .expired(at: end, now: late))
  }

  @Test(arguments: [
    ("1800003600.5", Timestamp(microseconds: 1_800_003_600_500_000)),
    ("1.8000036e9", Timestamp(microseconds: 1_800_003_600_000_000)),
    ("1800003600.0000001", Timestamp(microseconds: 1_800_003_600_000_000)),
    ("18000036000E-1", Timestamp(microseconds: 1_800_003_600_000_000)),
    ("253402300799", Timestamp(microseconds: 253_402_300_799_000_000)),
  ])
  func `are numbers, whole or not`(number: String, time: Timestamp) throws {
    let token = Issuer.token(claims: Issuer.claims.replacing("1800003600", with: number))
    #expect(try Issuer.verifier().verify(token, at: Issuer.issued).expiration == time)
  }

  @Test(
    arguments: ["exp", "nbf"],
    [
      "\"1800003600\"", "null", "true", "[1800003600]", "{}", "-1", "-0.5", "253402300800",
      "253402300799.5", "1800003600000000000", "99999999999999999999999999", "1e400", "-1e400",
      "1e19",
    ])
  func `are in the years 1970 to 9999`(name: String, value: String) throws {
    let old = name == "exp" ? "1800003600" : "1800000000"
    let claims = Issuer.claims.replacing("\"\(name)\":\(old)", with: "\"\(name)\":\(value)")
    #expect(
      try Issuer.refusal(of: Issuer.token(claims: claims))
        == .malformedClaim(name, expected: "a number of seconds from 1970 to the year 9999"))
  }

  @Test(arguments: ["0", "-0", "0.0", "1e-400"])
  func `may be the first of all`(number: String) throws {
    let (now, first) = (Issuer.issued, Issuer.time(0))
    let expired = Issuer.token(claims: Issuer.claims.replacing("1800003600", with: number))
    #expect(try Issuer.refusal(of: expired, at: now) == .expired(at: first, now: now))
    let valid = Issuer.token(claims: Issuer.claims.replacing("1800000000", with: number))
    #expect(try Issuer.refusal(of: valid, at: now) == nil)
  }

  @Test(arguments: [
    "01800003600", "1800003600.", ".5", "+1", "0x6B49D200", "1_800", "Infinity", "NaN",
  ])
  func `are numbers as JSON has them`(number: String) throws {
    let claims = Issuer.claims.replacing("1800003600", with: number)
    #expect(try Issuer.refusal(of: Issuer.token(claims: claims)) == .notAnObject(.payload))
  }
}
