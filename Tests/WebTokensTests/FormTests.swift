// The compact form and the header, rule by rule.

import Testing
import WebTokens

struct `A token's form` {
  @Test func `has three parts`() throws {
    let token = Issuer.token()
    let parts = token.split(separator: ".").map(String.init)
    #expect(try Issuer.refusal(of: token) == nil)
    for (text, count) in [
      ("", 1), ("a", 1), (parts[0], 1), ("\(parts[0]).\(parts[1])", 2), (".", 2), (token + ".", 4),
      ("." + token, 4), (token + "." + parts[2], 4),
    ] {
      #expect(try Issuer.refusal(of: text) == .partCount(count), "\(text)")
    }
    #expect(try Issuer.refusal(of: "..") == .notAnObject(.header))
    #expect(try Issuer.refusal(of: ".\(parts[1]).\(parts[2])") == .notAnObject(.header))
    #expect(try Issuer.refusal(of: "\(parts[0])..\(parts[2])") == .wrongSignature)
    #expect(try Issuer.refusal(of: "\(parts[0]).\(parts[1]).") == .wrongSignature)
    #expect(try Issuer.refusal(of: "\(parts[1]).\(parts[0]).\(parts[2])") == .noAlgorithm)
    // A signed payload that is nothing.
    #expect(try Issuer.refusal(of: Issuer.token(claims: "")) == .notAnObject(.payload))
  }

  @Test func `is no JSON serialization`() throws {
    let parts = Issuer.token().split(separator: ".")
    let flattened =
      #"{"payload":"\#(parts[1])","protected":"\#(parts[0])","signature":"\#(parts[2])"}"#
    #expect(try Issuer.refusal(of: flattened) == .partCount(1))
  }

  @Test func `has at most 8 KiB`() throws {
    // A claim grows until the token has as many bytes as it may have.
    func token(paddedBy count: Int) -> String {
      let padding = String(repeating: "x", count: count)
      return Issuer.token(claims: Issuer.claims.dropLast() + #","padding":"\#(padding)"}"#)
    }
    let count = try #require((5000...7000).first { token(paddedBy: $0).utf8.count == 8192 })
    #expect(try Issuer.refusal(of: token(paddedBy: count)) == nil)
    let longer = token(paddedBy: count + 1)
    #expect(longer.utf8.count > 8192)
    #expect(try Issuer.refusal(of: longer) == .tooLong(byteCount: longer.utf8.count))
    let dots = String(repeating: ".", count: 8193)
    #expect(try Issuer.refusal(of: dots) == .tooLong(byteCount: 8193))
    #expect(try Issuer.refusal(of: String(dots.dropLast())) == .partCount(8193))
  }

  @Test(arguments: [
    // Padding, white space, the other alphabet, and bytes that are in neither.
    "=", "==", " ", "\n", "\t", "\r\n", "+", "/", "%3D", "\u{0}", "ä", "\u{200B}", "\u{FEFF}", ",",
  ])
  func `has one encoding only, also where it is signed`(added: String) throws {
    let parts = Issuer.token().split(separator: ".").map(String.init)
    let (header, payload) = (parts[0], parts[1])
    #expect(try Issuer.refusal(of: Issuer.sign("\(header).\(payload)")) == nil)
    for (message, part) in [
      ("\(header)\(added).\(payload)", TokenPart.header), ("\(added)\(header).\(payload)", .header),
      ("\(header).\(payload)\(added)", .payload), ("\(header).\(added)\(payload)", .payload),
    ] {
      #expect(try Issuer.refusal(of: Issuer.sign(message)) == .notBase64URL(part))
    }
    for text in [Issuer.token() + added, "\(header).\(payload).\(added)\(parts[2])"] {
      #expect(try Issuer.refusal(of: text) == .notBase64URL(.signature))
    }
  }

  @Test func `leaves the bits that encode nothing zero`() throws {
    // 32 bytes are 43 characters, of whose last one two bits encode nothing.
    let token = Issuer.token()
    let last = try #require(token.last)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let index = try #require(alphabet.firstIndex(of: last))
    #expect(index % 4 == 0)
    for bits in 1...3 {
      let other = token.dropLast() + String(alphabet[index + bits])
      #expect(try Issuer.refusal(of: String(other)) == .notBase64URL(.signature))
    }
    // One character too many, or too few, is no whole byte.
    #expect(try Issuer.refusal(of: token + "AA") == .notBase64URL(.signature))
    #expect(try Issuer.refusal(of: String(token.dropLast(2))) == .notBase64URL(.signature))
  }
}

struct `A token's header` {
  @Test(arguments: [
    "", "null", "[]", "\"HS256\"", "1", "{", #"{"alg":"HS256"}}"#, #"{"alg":"HS256",}"#,
    #"{'alg':'HS256'}"#, #"{"alg":NaN}"#, "\u{FEFF}{}", #"{"alg":"HS256"} x"#,
  ])
  func `is a JSON object`(header: String) throws {
    #expect(try Issuer.refusal(of: Issuer.token(header: header)) == .notAnObject(.header))
  }

  @Test(arguments: [
    #"{"alg":"HS256","alg":"HS256"}"#, #"{"alg":"none","kid":"hs","alg":"HS256"}"#,
    #"{"alg":"HS256","\u0061lg":"HS256"}"#, #"{"alg":"HS256","x":[{"a":1,"b":2,"a":3}]}"#,
  ])
  func `has no name twice`(header: String) throws {
    #expect(try Issuer.refusal(of: Issuer.token(header: header)) == .repeatedMember(.header))
  }

  @Test(arguments: ["jku", "jwk", "x5u", "x5c"])
  func `brings no key`(member: String) throws {
    for value in [#""https://attacker.example/keys""#, Issuer.secretKey, "[]", "null"] {
      let header = #"{"alg":"HS256","kid":"hs","\#(member)":\#(value)}"#
      #expect(
        try Issuer.refusal(of: Issuer.token(header: header)) == .embeddedKey(member: member))
    }
  }

  @Test func `asks for no extension`() throws {
    for value in [#"["exp"]"#, #"["b64"]"#, "[]", "null"] {
      let header = #"{"alg":"HS256","kid":"hs","crit":\#(value)}"#
      #expect(try Issuer.refusal(of: Issuer.token(header: header)) == .criticalExtension)
    }
    for value in ["true", "false"] {
      let header = #"{"alg":"HS256","kid":"hs","b64":\#(value)}"#
      #expect(try Issuer.refusal(of: Issuer.token(header: header)) == .unencodedPayload)
    }
  }

  @Test func `says that it is a web token, or nothing`() throws {
    func refusal(_ type: String) throws -> TokenRefusal? {
      try Issuer.refusal(of: Issuer.token(header: #"{"alg":"HS256","kid":"hs","typ":\#(type)}"#))
    }
    for type in ["JWT", "jwt", "Jwt", "at+jwt", "AT+JWT", "at+JWT"] {
      #expect(try refusal("\"\(type)\"") == nil, "\(type)")
    }
    for type in [
      #""""#, #""JOSE""#, #""JWT ""#, #""dpop+jwt""#, #""application/jwt""#, #""id_token+jwt""#,
      "null",
      "1", #"["JWT"]"#,
    ] {
      #expect(try refusal(type) == .wrongType, "\(type)")
    }
  }

  @Test(arguments: [
    "{}", #"{"kid":"hs"}"#, #"{"alg":null}"#, #"{"alg":256}"#, #"{"alg":["HS256"]}"#,
  ])
  func `names an algorithm`(header: String) throws {
    #expect(try Issuer.refusal(of: Issuer.token(header: header)) == .noAlgorithm)
  }

  @Test func `may have other members`() throws {
    let header =
      #"{"alg":"HS256","kid":"hs","x5t":"AA","cty":"json","zip":"DEF","custom":{"a":[1]}}"#
    #expect(try Issuer.refusal(of: Issuer.token(header: header)) == nil)
  }
}

struct `A token's key` {
  @Test(arguments: ["", "HS", "hs ", "h", "\\u0000", "../hs", "h\u{303}s", "hs' OR 1=1"])
  func `is one of the set, named by exactly its kid`(kid: String) throws {
    let token = Issuer.token(header: #"{"alg":"HS256","kid":"\#(kid)"}"#)
    #expect(try Issuer.refusal(of: token) == .unknownKey)
  }

  @Test func `is not found by an equivalent kid`() throws {
    // Swift calls these two equal: é as one code point, and as e with an accent.
    let key = Issuer.secretKey.replacing(#""kid":"hs""#, with: #""kid":"\#u{E9}""#)
    let same = Issuer.token(header: #"{"alg":"HS256","kid":"\#u{E9}"}"#)
    let equivalent = Issuer.token(header: #"{"alg":"HS256","kid":"e\#u{301}"}"#)
    #expect(try Issuer.refusal(of: same, keys: [key]) == nil)
    #expect(try Issuer.refusal(of: equivalent, keys: [key]) == .unknownKey)
  }

  @Test(arguments: ["null", "7", "[\"hs\"]", "{}"])
  func `is named by a text`(kid: String) throws {
    let token = Issuer.token(header: #"{"alg":"HS256","kid":\#(kid)}"#)
    #expect(try Issuer.refusal(of: token) == .malformedKeyID)
  }

  @Test func `may go without a name where only one serves the algorithm`() throws {
    let token = Issuer.token(header: #"{"alg":"HS256"}"#)
    let unnamed = Issuer.secretKey.replacing(#""kid":"hs","#, with: "")
    let other = #"{"kty":"oct","kid":"other","k":"\#(String(repeating: "A", count: 43))"}"#
    #expect(try Issuer.refusal(of: token) == nil)
    #expect(try Issuer.refusal(of: token, keys: [unnamed, Issuer.p256Key]) == nil)
    #expect(
      try Issuer.refusal(of: token, keys: [unnamed, other]) == .ambiguousKey(candidateCount: 2))
    #expect(
      try Issuer.refusal(of: token, keys: [Issuer.p256Key, Issuer.ed25519Key])
        == .unsupportedAlgorithm(supported: [.edDSA, .es256]))
    // A key without kid is not found by one.
    #expect(try Issuer.refusal(of: Issuer.token(), keys: [unnamed, other]) == .unknownKey)
  }

  @Test func `is the only one that verifies`() throws {
    let token = Issuer.token(secret: [UInt8](2...33))
    #expect(try Issuer.refusal(of: token) == .wrongSignature)
  }
}
