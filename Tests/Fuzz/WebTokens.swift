// Web tokens and key sets. A signature cannot be guessed, so some inputs are signed here: otherwise
// none would get past it. The public keys' private ones exist nowhere.

import Cryptography
import EventSourcing
import WebTokens

/// The first byte chooses: a token as it stands, or a header and a payload, apart by a line feed,
/// which are signed first.
func readToken(_ bytes: [UInt8]) {
  guard let choice = bytes.first else { return }
  let isSigned = choice & 1 == 1
  let token =
    isSigned ? signed(bytes.dropFirst()) : String(decoding: bytes.dropFirst(), as: UTF8.self)
  do {
    let claims = try verifier.verify(token, at: now)
    precondition(isSigned, "a forged token")
    checkClaims(claims)
    for changed in [token + "A", String(token.dropLast()), token + "."] {
      precondition((try? verifier.verify(changed, at: now)) == nil, "a changed token")
    }
  } catch {
    precondition(!error.description.isEmpty, "a refusal without a reason")
  }
}

private func checkClaims(_ claims: Claims) {
  precondition(claims.issuer == verifier.issuer, "another issuer")
  precondition(claims.audiences.contains(verifier.audience), "another audience")
  precondition((1...256).contains(claims.subject.utf8.count), "no subject")
  let leeway = TokenVerifier.leewaySeconds * 1_000_000
  precondition(now.microseconds < claims.expiration.microseconds + leeway, "expired")
  precondition(now.microseconds >= claims.notBefore.microseconds - leeway, "not yet valid")
  _ = try? claims.string("tenant")
  _ = try? claims.strings("roles")
}

/// A key set that is accepted verifies no signature that nobody made.
func readKeySet(_ bytes: [UInt8]) {
  do {
    let set = try KeySet(parsing: bytes)
    precondition(KeySet.keyCounts.contains(set.keys.count), "a set of too few or too many keys")
    let ids = set.keys.compactMap { key in key.id.map { Array($0.utf8) } }
    precondition(Set(ids).count == ids.count, "two keys with one kid")
    let verifier = TokenVerifier(keys: set, issuer: "issuer", audience: "audience")
    for key in set.keys {
      let header = #"{"alg":"\#(key.algorithm.rawValue)"}"#
      let token = [header, "{}", String(repeating: "\0", count: 64)].map {
        Base64URL.encode(Array($0.utf8))
      }
      let claims = try? verifier.verify(token.joined(separator: "."), at: now)
      precondition(claims == nil, "a token that nobody signed")
    }
  } catch {
    precondition(!error.description.isEmpty, "an error without a reason")
  }
}

private func signed(_ bytes: ArraySlice<UInt8>) -> String {
  let parts = bytes.split(
    separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
  let message = parts.map { Base64URL.encode(Array($0)) }.joined(separator: ".")
  let code = secret.withUnsafeBytes { HMAC.sha256(Array(message.utf8), key: $0) }
  return "\(message).\(Base64URL.encode(code.bytes))"
}

private let now = Timestamp(microseconds: 1_800_000_000_000_000)

private let secret = [UInt8](1...32)

private let verifier: TokenVerifier = {
  let document = """
    {"keys":[
      {"kty":"OKP","kid":"ed","crv":"Ed25519","x":"V03SQNt_TWWdvvsDH8gDI4dVdEAak-vW_VKQn9x-qyU"},
      {"kty":"EC","kid":"ec","crv":"P-256","x":"69JKVAGYzmJ6l0KlwV0lazHfMVi6F5sq7xLI7rZH8XA",
       "y":"3gD6Hd1Z3TmgKzrFEW3si7ksIhTUkIE-2xCYUlbr_mA"},
      {"kty":"oct","kid":"hs","k":"\(Base64URL.encode(secret))"}
    ]}
    """
  do {
    let keys = try KeySet(parsing: Array(document.utf8))
    return TokenVerifier(keys: keys, issuer: "https://issuer.example", audience: "redress")
  } catch {
    fatalError("\(error)")
  }
}()
