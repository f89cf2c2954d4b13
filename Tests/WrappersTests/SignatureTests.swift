// Signatures of other programs, and what must not pass for one.

import Cryptography
import Testing

struct `A signature on P-256` {
  // RFC 6979, appendix A.2.5: the key, and the signature of "sample" with SHA-256.
  private let x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
  private let y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
  private let r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
  private let s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

  @Test func `is valid for its message, and for no other`() throws {
    let key = try #require(P256.PublicKey(x: bytes(x), y: bytes(y)))
    let signature = try bytes(r) + bytes(s)
    #expect(key.isValid(signature, for: Array("sample".utf8)))
    #expect(!key.isValid(signature, for: Array("Sample".utf8)))
    #expect(!key.isValid(signature, for: []))
  }

  @Test func `is refused with any byte changed, with one more, and with one less`() throws {
    let key = try #require(P256.PublicKey(x: bytes(x), y: bytes(y)))
    let signature = try bytes(r) + bytes(s)
    let message = Array("sample".utf8)
    for index in signature.indices {
      var other = signature
      other[index] ^= 1
      #expect(!key.isValid(other, for: message))
    }
    for other in [[], Array(signature.dropLast()), signature + [0], [0] + signature] {
      #expect(!key.isValid(other, for: message))
    }
  }

  @Test func `is refused where r or s is 0 or the order of the group`() throws {
    let key = try #require(P256.PublicKey(x: bytes(x), y: bytes(y)))
    let zero = [UInt8](repeating: 0, count: 32)
    let order = try bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    let (r, s) = (try bytes(r), try bytes(s))
    for (r, s) in [(zero, zero), (zero, s), (r, zero), (order, s), (r, order), (order, order)] {
      #expect(!key.isValid(r + s, for: Array("sample".utf8)))
    }
  }

  @Test func `needs a key that is a point of the curve`() throws {
    let (x, y) = (try bytes(x), try bytes(y))
    var other = y
    other[31] ^= 1
    #expect(P256.PublicKey(x: x, y: other) == nil)
    #expect(P256.PublicKey(x: y, y: x) == nil)
    #expect(P256.PublicKey(x: [0] + x, y: y) == nil)
    #expect(P256.PublicKey(x: x, y: Array(y.dropFirst())) == nil)
    let zero = [UInt8](repeating: 0, count: 32)
    #expect(P256.PublicKey(x: zero, y: zero) == nil)
    #expect(P256.PublicKey(x: [UInt8](repeating: 0xFF, count: 32), y: y) == nil)
  }
}

struct `An Ed25519 key` {
  @Test func `of small order verifies what nobody signed, and is recognized`() throws {
    // The point of order 1: R is the same point, S is 0.
    let identity = [1] + [UInt8](repeating: 0, count: 31)
    let key = try #require(Ed25519.PublicKey(identity))
    #expect(key.isValid(identity + [UInt8](repeating: 0, count: 32), for: Array("sample".utf8)))
    #expect(key.hasSmallOrder)
    #expect(try #require(Ed25519.PublicKey(Array(identity.dropLast()) + [0x80])).hasSmallOrder)
    #expect(!Ed25519.PrivateKey.generate().publicKey.hasSmallOrder)
  }
}

struct `An HMAC` {
  @Test func `is valid as a whole only`() {
    let (key, message) = (Array("key".utf8), Array("sample".utf8))
    let code = key.withUnsafeBytes { HMAC.sha256(message, key: $0).bytes }
    #expect(HMAC.isValid(code, for: message, key: key))
    #expect(!HMAC.isValid(code, for: message + [0], key: key))
    #expect(!HMAC.isValid(code, for: message, key: key + [1]))
    for index in code.indices {
      var other = code
      other[index] ^= 0x80
      #expect(!HMAC.isValid(other, for: message, key: key))
    }
    for other in [[], Array(code.dropLast()), code + [0]] {
      #expect(!HMAC.isValid(other, for: message, key: key))
    }
  }
}

private func bytes(_ hex: String) throws -> [UInt8] { try #require(Digest(hex: hex)).bytes }
