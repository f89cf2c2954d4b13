// Who signs a webhook, by vectors of Shopify's own libraries and others', and where the secret
// lies.

import Cryptography
import EventSourcing
import Foundation
import JSON
import Operations
import OutsideData
import Testing

struct `A webhook's signature` {
  @Test(.enabled(if: OutsideData.isDue("shopify-hmac/vectors.json")))
  func `is what Shopify's libraries say it is`() throws {
    let vectors = try #require(
      try JSONValue(parsing: OutsideData.bytes(of: "shopify-hmac/vectors.json")).elements)
    #expect(vectors.count == 9)
    var validCount = 0
    for vector in vectors {
      let isValid = ShopifySignature.isValid(
        try #require(vector["header"]?.string),
        of: Array(try #require(vector["body"]?.string).utf8),
        secret: Array(try #require(vector["secret"]?.string).utf8))
      #expect(isValid == vector["valid"]?.bool, "\(vector)")
      validCount += isValid ? 1 : 0
    }
    #expect(validCount == 3)
  }

  @Test func `is of every byte, under one secret`() {
    let body = Array(#"{"foo": "bar"}"#.utf8)
    let secret = Array("test_secret_key".utf8)
    let header = "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g="
    #expect(ShopifySignature.isValid(header, of: body, secret: secret))
    for index in body.indices {
      var other = body
      other[index] ^= 1
      #expect(!ShopifySignature.isValid(header, of: other, secret: secret))
    }
    #expect(!ShopifySignature.isValid(header, of: body, secret: []))
    #expect(!ShopifySignature.isValid(header, of: body, secret: secret + [0x0A]))
    #expect(!ShopifySignature.isValid("", of: body, secret: secret))
    // Base64 has one form only.
    #expect(!ShopifySignature.isValid(" \(header)", of: body, secret: secret))
    #expect(!ShopifySignature.isValid(String(header.dropLast()), of: body, secret: secret))
  }
}
