// The 32 digits of a command's hash, which are read eight at a time.

import EventSourcing
import Events
import Testing

struct `The hash of a command` {
  @Test func `is written as it is read`() throws {
    let text = "00112233445566778899aabbccddeeff"
    let hash = try #require(CommandHash(text))
    #expect(hash.bytes == (0...15).map { UInt8($0 * 0x11) })
    #expect(hash.description == text)
  }

  @Test(arguments: 0..<32)
  func `has no digit but those of lower case`(place: Int) {
    for byte in UInt8.min..<0x80 {
      var text = Array("0123456789abcdef0123456789abcdef".utf8)
      text[place] = byte
      let isDigit = "0123456789abcdef".utf8.contains(byte)
      #expect((CommandHash(String(decoding: text, as: UTF8.self)) != nil) == isDigit)
    }
  }

  @Test func `has exactly 32 digits`() {
    for count in [0, 16, 31, 33, 64] {
      #expect(CommandHash(String(repeating: "a", count: count)) == nil)
    }
  }

  /// A character of several bytes takes the place of as many digits.
  @Test func `has no other characters`() {
    #expect(CommandHash("é" + String(repeating: "a", count: 30)) == nil)
    #expect(CommandHash("😀" + String(repeating: "a", count: 28)) == nil)
  }
}
