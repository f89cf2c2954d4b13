import Cryptography
import EventSourcing
import Testing

@testable import EventLog

@Suite struct ChecksumTests {
  private func crc(_ bytes: [UInt8]) -> UInt32 { bytes.withBytes { crc32c($0) } }

  @Test func `CRC-32C agrees with RFC 3720, appendix B.4`() {
    #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc([UInt8](0..<32)) == 0x46DD_794E)
    #expect(crc((0..<32).map { 31 - $0 }) == 0x113F_DB5C)
    #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
    #expect(crc([]) == 0)
  }

  @Test func `a checksum can be continued at any byte`() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
    for length in 0...bytes.count {
      let first = Array(bytes[..<length]).withBytes { crc32c($0) }
      let whole = Array(bytes[length...]).withBytes { crc32c($0, continuing: first) }
      #expect(whole == crc(bytes))
    }
  }

  @Test func `the chain is SHA-256 over the value before and the leaf hashes of RFC 6962`() {
    let lines = Array("first\nsecond\n".utf8)
    let leaves = ["first", "second"].flatMap { SHA256.hash([0] + Array($0.utf8)).bytes }
    let previous = SHA256.hash([1])
    let folder = ChainFolder()
    var chain = previous
    #expect(lines.withBytes { folder.fold(&chain, eventCount: 3, of: $0) } == nil)
    #expect(chain == previous)
    #expect(lines.withBytes { folder.fold(&chain, eventCount: 2, of: $0) } == lines.count)
    #expect(chain == SHA256.hash(previous.bytes + leaves))
  }

  @Test func `a header with any flipped bit is not believed`() throws {
    var header = FrameHeader(firstOrdinal: Ordinal(5), durableUpTo: Ordinal(5), chain: .zero)
    header.tenants = [
      .init(name: TenantID(unchecked: "acme"), firstPosition: Position(9), eventCount: 300)
    ]
    header.commits = [.init(tenant: 0, eventCount: 1), .init(tenant: 0, eventCount: 299)]
    header.eventCount = 300
    (header.lineByteCount, header.frameByteCount, header.frameCRC) = (3000, 200, 77)
    let bytes = header.encoded(at: 0)
    #expect(try bytes.withBytes { try FrameHeader(decoding: $0) } == header)
    for index in bytes.indices {
      for bit in 0..<8 {
        var bad = bytes
        bad[index] ^= 1 << UInt8(bit)
        #expect(throws: HeaderDamage.self) { try bad.withBytes { try FrameHeader(decoding: $0) } }
        if index < FrameHeader.fixedByteCount {
          #expect(bad.withBytes { FixedHeader($0) == nil })
        }
      }
    }
  }
}
