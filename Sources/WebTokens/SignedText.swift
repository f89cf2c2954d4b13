// A JSON Web Signature in its compact form (RFC 7515, section 7.1), the only one accepted:
//
//   base64url(header) . base64url(payload) . base64url(signature)
//
// What must hold: the payload is handed out only once its signature is verified; each part has one
// encoding, without padding, white space, or set bits that encode nothing.

import Cryptography

/// A signed text whose signature is not verified yet.
package struct SignedText {
  /// How long a token may be.
  package static let byteCountMax = 8192

  private let header: TokenHeader
  private let payload: [UInt8]
  private let signature: [UInt8]
  /// Header and payload as they were sent, with the dot between them.
  private let message: [UInt8]

  package init(_ token: [UInt8]) throws(TokenRefusal) {
    guard token.count <= SignedText.byteCountMax else { throw .tooLong(byteCount: token.count) }
    let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .partCount(parts.count) }
    header = try TokenHeader(SignedText.decode(parts[0], .header))
    payload = try SignedText.decode(parts[1], .payload)
    signature = try SignedText.decode(parts[2], .signature)
    message = Array(token[..<parts[1].endIndex])
  }

  /// The payload, of any form, once one of these keys verified it.
  package func payload(verifiedBy keys: KeySet) throws(TokenRefusal) -> [UInt8] {
    guard try keys.key(for: header).isValid(signature, for: message) else { throw .wrongSignature }
    return payload
  }

  private static func decode(
    _ text: ArraySlice<UInt8>, _ part: TokenPart
  ) throws(TokenRefusal) -> [UInt8] {
    guard let bytes = Base64URL.decode(text) else { throw .notBase64URL(part) }
    return bytes
  }
}
