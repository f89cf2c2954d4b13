// What an operator may write in a key set, and what each mistake is answered with.

import Cryptography
import Testing
import WebTokens

struct `A key set` {
  @Test func `gives each key the one algorithm of its type, or of its alg`() throws {
    let keys = try Issuer.keySet().keys
    #expect(keys.map(\.id) == ["ed", "ec", "rs", "ps", "hs"])
    #expect(keys.map(\.algorithm) == [.edDSA, .es256, .rs256, .ps256, .hs256])
    for (key, algorithm) in [
      (Issuer.ed25519Key, "EdDSA"), (Issuer.p256Key, "ES256"), (Issuer.secretKey, "HS256"),
    ] {
      let key = key.dropLast() + #","alg":"\#(algorithm)"}"#
      #expect(try Issuer.keySet([String(key)]).keys.map(\.algorithm.rawValue) == [algorithm])
    }
  }

  @Test func `may have members that say nothing here`() throws {
    let key =
      Issuer.rs256Key.dropLast()
      + #","use":"sig","key_ops":["verify","sign"],"x5t":"AA","x5c":["MII"],"issuer":{"a":1}}"#
    let set = try KeySet(parsing: Array(#"{"version":1,"keys":[\#(key)],"next":null}"#.utf8))
    #expect(set.keys.count == 1)
  }

  @Test func `reveals no key material`() throws {
    let set = try Issuer.keySet()
    var dumped = ""
    dump(set, to: &dumped)
    for text in [dumped, "\(set)", String(reflecting: set)] {
      #expect(!text.contains("1, 2, 3"))
      #expect(!text.contains(Base64URL.encode(Issuer.secret)))
    }
    #expect(
      set.keys.map(\.description) == [
        #"EdDSA key "ed""#, #"ES256 key "ec""#, #"RS256 key "rs""#, #"PS256 key "ps""#,
        #"HS256 key "hs""#,
      ])
    let unnamed = Issuer.secretKey.replacing(#""kid":"hs","#, with: "")
    #expect(try Issuer.keySet([unnamed]).keys.map(\.description) == ["HS256 key without kid"])
  }

  @Test(arguments: [
    ("", "key set: not valid JSON at byte 0; see RFC 8259"),
    (#"{"keys":[{"kty":"oct","k":s3cret}]}"#, "key set: not valid JSON at byte 26; see RFC 8259"),
    (
      "[]",
      #"key set: keys: missing or no array; a key set is {"keys":[…]} (RFC 7517, section 5)"#
    ),
    (
      #"{"keys":{}}"#,
      #"key set: keys: missing or no array; a key set is {"keys":[…]} (RFC 7517, section 5)"#
    ),
    (#"{"keys":[]}"#, "key set: keys: 0 keys; a key set has 1 to 100"),
    (#"{"keys":["a"]}"#, "keys[0]: not a JSON object, as a key is"),
  ])
  func `is a document with keys`(document: String, error: String) {
    #expect(keySetError(document) == error)
  }

  @Test func `has no name twice, in a key or beside them`() {
    let key = Issuer.secretKey
    #expect(
      keySetError(#"{"keys":[\#(key)],"keys":[\#(key)]}"#)
        == "key set: keys: occurs twice; a name occurs once in an object")
    #expect(
      keySetError(#"{"keys":[\#(key)],"more":{"a":1,"a":1}}"#)
        == "key set: a: occurs twice; a name occurs once in an object")
    #expect(
      keyError(key.dropLast() + #","k":"AA"}"#)
        == #"keys[0] (kid "hs"): k: occurs twice; a name occurs once in an object"#)
  }

  @Test func `has no kid twice`() {
    let other = Issuer.secretKey.replacing(#""kid":"hs""#, with: #""kid":"ec""#)
    #expect(
      keySetError(#"{"keys":[\#(Issuer.ed25519Key),\#(Issuer.p256Key),\#(other)]}"#)
        == #"keys[2] (kid "ec"): kid: keys[1] has the same; each key of a set has a kid of its own"#
    )
  }

  @Test func `has at most 64 KiB and 100 keys`() throws {
    let key = #"{"kty":"oct","k":"\#(Base64URL.encode(Issuer.secret))"}"#
    func document(_ count: Int) -> String {
      #"{"keys":[\#(Array(repeating: key, count: count).joined(separator: ","))]}"#
    }
    #expect(keySetError(document(100)) == nil)
    #expect(keySetError(document(101)) == "key set: keys: 101 keys; a key set has 1 to 100")
    let space = String(repeating: " ", count: 65_536 - document(1).utf8.count)
    #expect(keySetError(document(1) + space) == nil)
    #expect(
      keySetError(document(1) + space + " ")
        == "key set: 65537 bytes; a key set has at most 65536")
  }
}
