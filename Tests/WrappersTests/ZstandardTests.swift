import Foundation
import Testing
import Zstandard

@Suite struct ZstandardTests {
  let lines = Array(String(repeating: "{\"type\":\"RefundApproved\"}\n", count: 500).utf8)

  private func frame(_ bytes: [UInt8]) throws -> [UInt8] {
    var output: [UInt8] = []
    try Compressor(.level(3)).compress(bytes, into: &output)
    return output
  }

  @Test func `what was compressed comes back, appended to what was there`() throws {
    let compressor = Compressor(.level(3))
    let decompressor = Decompressor()
    for content in [
      lines, [], [0], [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0) }),
    ] {
      var compressed: [UInt8] = [1, 2, 3]
      try compressor.compress(content, into: &compressed)
      #expect(compressed.prefix(3) == [1, 2, 3])
      var output: [UInt8] = [9]
      try decompressor.decompress(
        frame: Array(compressed.dropFirst(3)), into: &output, limit: content.count)
      #expect(output == [9] + content)
    }
  }

  @Test func `every flipped byte and every truncation is noticed`() throws {
    let good = try frame(lines)
    let decompressor = Decompressor()
    for index in good.indices {
      var bad = good
      bad[index] ^= 0x55
      var output: [UInt8] = []
      #expect(throws: ZstandardError.self, "byte \(index)") {
        try decompressor.decompress(frame: bad, into: &output, limit: 1 << 20)
        // A flag without meaning for the content may flip; the content may not.
        if output == lines { throw ZstandardError.unknownContentSize }
      }
      #expect(throws: ZstandardError.self, "\(index) bytes") {
        try decompressor.decompress(frame: Array(good.prefix(index)), into: &output, limit: 1 << 20)
      }
    }
    var output: [UInt8] = []
    try decompressor.decompress(frame: good, into: &output, limit: 1 << 20)
    #expect(output == lines)
  }

  @Test func `a frame may not hold more than the caller allows`() throws {
    let good = try frame(lines)
    var output: [UInt8] = []
    #expect(throws: ZstandardError.contentTooLarge(size: UInt64(lines.count), limit: 100)) {
      try Decompressor().decompress(frame: good, into: &output, limit: 100)
    }
    #expect(throws: ZstandardError.self) {
      try Decompressor().decompress(frame: good + good, into: &output, limit: 1 << 20)
    }
  }

  @Test func `a file of many frames is read in chunks`() throws {
    let path = NSTemporaryDirectory() + "zstandard-\(UUID()).zst"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let big = [UInt8]((0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 7 &* $0) })
    let file = try frame(big) + frame(lines) + frame([])
    try Data(file).write(to: URL(fileURLWithPath: path))
    var output: [UInt8] = []
    try forEachDecompressedChunk(path: path) { output += $0 }
    #expect(output == big + lines)

    try Data(file.dropLast(20)).write(to: URL(fileURLWithPath: path))
    #expect(throws: ZstandardError.truncated(path: path)) {
      try forEachDecompressedChunk(path: path) { _ in }
    }
    #expect(throws: ZstandardError.io(path: path + "x", errno: ENOENT)) {
      try forEachDecompressedChunk(path: path + "x") { _ in }
    }
  }

  @Test func `compressing can be stopped between blocks, and leaves nothing`() throws {
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7 &* 31) }
    let compressor = Compressor(.archive)
    var output: [UInt8] = [1, 2, 3]
    var blocks = 0
    let isWhole = try bytes.withUnsafeBytes { bytes in
      try compressor.compress(bytes, into: &output) {
        blocks += 1
        return blocks == 3
      }
    }
    #expect(!isWhole && blocks == 3 && output == [1, 2, 3])
    #expect(
      try bytes.withUnsafeBytes { try compressor.compress($0, into: &output) { false } })
    var lines: [UInt8] = []
    try Array(output[3...]).withUnsafeBytes {
      try Decompressor().decompress(frame: $0, into: &lines, limit: bytes.count)
    }
    #expect(lines == bytes)
  }
}
