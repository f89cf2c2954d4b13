// One issuer's keys and the tokens it signed with each: made once with the Python package
// cryptography 48, whose private keys were not kept. The shared secret alone signs in tests.

import Cryptography
import EventSourcing
import JSON
import WebTokens

enum Issuer {
  static let name = "https://issuer.example"
  static let audience = "redress"

  /// The claims of every token here; valid from `issued` on, for an hour.
  static let claims =
    #"{"iss":"https://issuer.example","sub":"user-17","aud":"redress","nbf":1800000000,"#
    + #""exp":1800003600}"#
  static let issued = time(1_800_000_000)

  static let secret = [UInt8](1...32)

  static let ed25519Key = #"{"kty":"OKP","kid":"ed","crv":"Ed25519","x":"\#(x)"}"#
  static let p256Key = #"{"kty":"EC","kid":"ec","crv":"P-256","x":"\#(pointX)","y":"\#(pointY)"}"#
  static let rs256Key = #"{"kty":"RSA","kid":"rs","alg":"RS256","n":"\#(modulus)","e":"AQAB"}"#
  static let ps256Key = #"{"kty":"RSA","kid":"ps","alg":"PS256","n":"\#(modulus)","e":"AQAB"}"#
  static let secretKey = #"{"kty":"oct","kid":"hs","k":"\#(Base64URL.encode(secret))"}"#

  static let allKeys = [ed25519Key, p256Key, rs256Key, ps256Key, secretKey]

  static func time(_ seconds: Int64, microseconds: Int64 = 0) -> Timestamp {
    Timestamp(microseconds: seconds * 1_000_000 + microseconds)
  }

  static func keySet(_ keys: [String] = allKeys) throws -> KeySet {
    try KeySet(parsing: Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
  }

  static func verifier(_ keys: [String] = allKeys) throws -> TokenVerifier {
    TokenVerifier(keys: try keySet(keys), issuer: name, audience: audience)
  }

  /// A token under the shared secret, or under another one.
  static func token(
    header: String = #"{"alg":"HS256","kid":"hs"}"#, claims: String = claims,
    secret: [UInt8] = secret
  ) -> String {
    sign("\(encode(header)).\(encode(claims))", secret: secret)
  }

  /// Signs header and payload as they stand, whatever they are.
  static func sign(_ message: String, secret: [UInt8] = secret) -> String {
    let code = secret.withUnsafeBytes { HMAC.sha256(Array(message.utf8), key: $0) }
    return "\(message).\(Base64URL.encode(code.bytes))"
  }

  static func encode(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }

  /// Why a token is refused, an hour's half after it was issued; `nil` where it is accepted.
  static func refusal(
    of token: String, keys: [String] = allKeys, at now: Timestamp = time(1_800_001_800)
  ) throws -> TokenRefusal? {
    let verifier = try verifier(keys)
    do {
      _ = try verifier.verify(token, at: now)
      return nil
    } catch {
      return error
    }
  }
}

extension Issuer {
  private static let x = "V03SQNt_TWWdvvsDH8gDI4dVdEAak-vW_VKQn9x-qyU"
  private static let pointX = "69JKVAGYzmJ6l0KlwV0lazHfMVi6F5sq7xLI7rZH8XA"
  private static let pointY = "3gD6Hd1Z3TmgKzrFEW3si7ksIhTUkIE-2xCYUlbr_mA"
  static let modulus =
    "u5DhriNGWNKr4aPxr1edJtaZzAcsTHffdB5uo6QmtREqDG_mTq5rQ9wFQGOznljQoF3_gfanv_BlF47U4PGa"
    + "LNeKQdzT61yPfV6lV6Qyc3Ph3iHeneJy_xtAVpYmbAfngccC_DPRYjlzWiGKOzv0ENNPt3e_85XE1-NBHs_Q"
    + "LlMYmLXlvsqNmXCY7UhNY7mNK23DYPe_zkVAO2NVIu1h9wyoO61SON5RC8lniYSuOc2vgfpvQzwH54HNWVox"
    + "WSpDZpqUSA8BdJtP4ddCfUC4POxtkZEuJ88JnFMr6VYBpiM0ACE-eORTrvWkLa3ibrsLTnXAkyXVx1gp_lxP"
    + "wv_8lQ"

  /// A token of each algorithm, whose `kid` is that of its key above.
  static let tokens: [SignatureAlgorithm: String] = [
    .edDSA: ed25519Token, .es256: p256Token, .rs256: rs256Token, .ps256: ps256Token,
    .hs256: hs256Token,
  ]

  private static let ed25519Token =
    "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImVkIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5l"
    + "eGFtcGxlIiwic3ViIjoidXNlci0xNyIsImF1ZCI6InJlZHJlc3MiLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6"
    + "MTgwMDAwMzYwMH0.2j76rwo0fWG1kANSNziPdBHUh4Ob2ngkNqtOZykYYNekJjAe9DX2u1_PVA4FbnffONzY"
    + "pPU3OWJz6LvzeYwrAg"

  private static let p256Token =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVjIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5l"
    + "eGFtcGxlIiwic3ViIjoidXNlci0xNyIsImF1ZCI6InJlZHJlc3MiLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6"
    + "MTgwMDAwMzYwMH0.zZbhcZEzcjv2FAfJGgpZc1yUkHWg-zwu1qBviWYUNTA63Z1ePwOC7OtYdHz9lfgamD9O"
    + "G_E08KqMVFdDY0Ks7A"

  private static let rs256Token =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5l"
    + "eGFtcGxlIiwic3ViIjoidXNlci0xNyIsImF1ZCI6InJlZHJlc3MiLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6"
    + "MTgwMDAwMzYwMH0.LjfuVVrKhTbX5lU0NVX2bsNtE5g9PGs9Ic_Ogcfnbez7xad7s7vqOBwHaevFr8QlnB8z"
    + "VyQAPaJxPr_YokuB2HP3ekOXLfkwebcj3t-ptbpfc0YvsizFsHvL_H9kvMX9IXjM5Ydi1n11lTgjXo9Pw1u3"
    + "j9rtUxjvCBZib-Uhu1vFBytgYO0EJ6k6LRDhXL3yCcIb9N8XGTOsHzSX2I4bmaiRSoLQKWvxgvj8xAAxGNcR"
    + "kTfvo31Ycu-XhdHIMvecSkc7G8KOsRxX-DQn9Q_DQwBRtwL5DboXXl7OvhxJGP3Y4oDMR4L_UmVt4T0feiNr"
    + "H8WqUDuqmNfqdWCrKlDvbg"

  private static let ps256Token =
    "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InBzIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5l"
    + "eGFtcGxlIiwic3ViIjoidXNlci0xNyIsImF1ZCI6InJlZHJlc3MiLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6"
    + "MTgwMDAwMzYwMH0.a6TGnyaLIZgwfgbsaaxSjIf6qfGHP1E-xk_0ETcRHSDw7J-ZnBg5pOp_q2gfNQbC6ZpH"
    + "HjymnLQJUuMR00aVTwQTiOiWjF3N3r8WSuNBsduazC3cpuT33hBBQyyZ9vWWUbp4GkYkLnd7qa7QXdL2Ok1G"
    + "3k6yrWd01LfP5RtSln6uGudzNwVonYkzn8QwMpGJ75MIDHqWBgfxIMfzZOaO3xhS7RMv7S9N7QrhzxhhWaJS"
    + "MeM6guFDZXmZFYNqF7CoisvUVICocwMix_Bj2oE148di53XANDfZdPT7nQaZjW13JvYt7PgoEqDAi-0Kro3R"
    + "ULQyk3Iql_Z6Bp6yzw45jA"

  private static let hs256Token =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImhzIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5l"
    + "eGFtcGxlIiwic3ViIjoidXNlci0xNyIsImF1ZCI6InJlZHJlc3MiLCJuYmYiOjE4MDAwMDAwMDAsImV4cCI6"
    + "MTgwMDAwMzYwMH0.EkI2QyhpgiIbrVFFz1hCyXonsJ-2bh5rPXf07ilRtJs"
}
