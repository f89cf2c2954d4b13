import Cryptography
import Testing

@Suite struct CryptographyTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func `SHA-256 agrees with the vectors of FIPS 180`(text: String, expected: String) {
    #expect(SHA256.hash(Array(text.utf8)).description == expected)
  }

  @Test func `hashing piece by piece gives the same, and the instance starts again`() {
    let hash = SHA256()
    let bytes = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
    for length in 0...bytes.count {
      hash.update(Array(bytes[..<length]))
      hash.update(Array(bytes[length...]))
      #expect(hash.finish() == SHA256.hash(bytes))
    }
    #expect(hash.finish() == SHA256.hash([]))
  }

  @Test func `many messages at once have the hashes that each has alone`() {
    // Around the ends of a block and of its padding, in an order that leaves no two beside each
    // other.
    let lengths = (0..<600).map { $0 * 211 % 300 } + [5_000, 1, 70_000, 0]
    let bytes = (0..<lengths.reduce(0, +)).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
    var expected = [SHA256.hash([])]
    var start = 0
    for length in lengths {
      expected.append(SHA256.hash(Array(bytes[start..<start + length])))
      start += length
    }
    var atOnce = [SHA256.hash([])]
    bytes.withUnsafeBytes { SHA256.hash($0, lengths: lengths, into: &atOnce) }
    #expect(atOnce == expected)
    var oneByOne = ArraySlice(repeating: Digest.zero, count: lengths.count)
    bytes.withUnsafeBytes { SHA256.hashOneByOne($0, lengths: lengths, into: &oneByOne) }
    #expect(oneByOne == expected[1...])
  }

  @Test func `a digest reads its own description`() throws {
    let digest = SHA256.hash([1, 2, 3])
    #expect(Digest(hex: digest.description) == digest)
    #expect(Digest(digest.bytes) == digest)
    #expect(digest.bytes.count == Digest.byteCount)
    #expect(Digest(hex: "abc") == nil)
    #expect(Digest([1, 2]) == nil)
    #expect(Digest.zero.description == String(repeating: "0", count: 64))
    #expect(Set([digest, digest, .zero]).count == 2)
  }

  @Test func `random bytes do not repeat`() {
    #expect(randomBytes(32).count == 32)
    #expect(randomBytes(32) != randomBytes(32))
    #expect(randomBytes(0) == [])
  }

  @Test(arguments: [0, 1, 12, 16, 32, 33, 5_000])
  func `memory is filled to its last byte, each time with others`(count: Int) {
    var seen: Set<[UInt8]> = []
    // Enough for the portion to be drawn several times.
    for _ in 0..<1_000 {
      var bytes = [UInt8](repeating: 0, count: count)
      bytes.withUnsafeMutableBytes { fillWithRandomBytes($0) }
      seen.insert(bytes)
    }
    switch count {
    case 0: #expect(seen == [[]])
    case 1: #expect(seen.count > 200)
    default:
      #expect(seen.count == 1_000)
      #expect(seen.contains { $0[count - 1] != 0 })
    }
  }

  @Test(arguments: [
    // RFC 4231, cases 1, 2, 6 and 7: short keys, and two that are longer than a block.
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      "This is a test using a larger than block-size key and a larger than block-size data. The "
        + "key needs to be hashed before being used by the HMAC algorithm.",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func `HMAC-SHA-256 agrees with the vectors of RFC 4231`(
    key: [UInt8], text: String, expected: String
  ) {
    key.withUnsafeBytes {
      #expect(HMAC.sha256(Array(text.utf8), key: $0).description == expected)
    }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `Base64 agrees with the vectors of RFC 4648`(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", " Zg==", "Zg== ", "Zg==\n", "Zm9v\n\n\n\n", "====",
    "Zg==Zg==", "Zm9-", "Zm9_", "Z=9v", "\u{0}AAA", "AAA\u{0}", "ÄAA",
  ])
  func `Base64 has one text for the same bytes`(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }

  @Test(arguments: [
    ([], ""), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v"),
    ([0xFB, 0xEF, 0xFF], "--__"), ([0xFF], "_w"),
    // RFC 7515, appendix C.
    ([3, 236, 255, 224, 193], "A-z_4ME"),
  ])
  func `Base64url is the alphabet of RFC 4648, section 5, without padding`(
    bytes: [UInt8], encoded: String
  ) {
    #expect(Base64URL.encode(bytes) == encoded)
    #expect(Base64URL.decode(encoded.utf8) == bytes)
  }

  @Test(arguments: [
    "Z", "Zg==", "Zg=", "Zm8=", "Zh", "Zm9", " Zg", "Zg ", "Zg\n", "Z g", "Zm+v", "Zm/v", "=",
    "====", "Zm9vZ", "\u{0}AAA", "AAA\u{0}", "ÄAA", "Zm9v.",
  ])
  func `Base64url has one text for the same bytes`(text: String) {
    #expect(Base64URL.decode(text.utf8) == nil)
  }
}
