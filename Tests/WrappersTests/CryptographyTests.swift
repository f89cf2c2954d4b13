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
}
