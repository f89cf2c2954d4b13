// Whether a webhook comes from the shop that shares a secret with the service: the header
// `X-Shopify-Hmac-Sha256` is the Base64 of HMAC-SHA-256 over the body's bytes as they came. A body
// is not parsed before its signature was checked.

import Cryptography

/// Shopify's signature of a webhook.
public enum ShopifySignature {
  /// Takes as long for a wrong signature as for a right one.
  public static func isValid(_ header: String, of body: [UInt8], secret: [UInt8]) -> Bool {
    guard !secret.isEmpty, let claimed = Base64.decode(header.utf8) else { return false }
    return HMAC.isValid(claimed, for: body, key: secret)
  }
}
