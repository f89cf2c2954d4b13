// A folder of one segment, in memory. Checksums are put right first, or no mutation would get past
// them; the first byte of the input can say to leave them alone.

import EventLog
import EventSourcing
import Synchronization

/// Reads a segment as verifying would, to the end or to the first damage.
func readSegment(_ bytes: [UInt8]) {
  guard let choice = bytes.first else { return }
  var segment = Array(bytes.dropFirst())
  if choice & 1 == 0 { mendChecksums(of: &segment) }
  guard
    let reader = try? LogReader(
      folder: "log", verifyingChain: choice & 2 == 2, fileSystem: OneSegment(segment))
  else { return }
  var commits: UInt64 = 0
  try? reader.forEachCommit(upTo: nil) { commit in
    precondition(commit.ordinal.value == commits, "an ordinal out of order")
    commits += 1
    var lines = 0
    commit.forEachLine { _ in lines += 1 }
    precondition(lines == commit.eventCount, "a commit with other lines than events")
    return true
  }
  try? reader.seek(to: .init(commits / 2))
}

/// Gives each record that the lengths lead to the checksums of its bytes (FORMAT.md).
private func mendChecksums(of bytes: inout [UInt8]) {
  func number(_ offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }
  func write(_ value: UInt32, at offset: Int) {
    for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }
  var start = 0
  while bytes.count - start >= 93 {
    let end = start + number(start + 4) + 8
    let frameEnd = end + number(start + 44)
    guard end >= start + 93, frameEnd <= bytes.count else { return }
    if frameEnd > end { write(checksum(bytes[end..<frameEnd]), at: start + 48) }
    write(checksum(bytes[start..<start + 84]), at: start + 84)
    write(checksum(bytes[start..<end - 5]), at: end - 5)
    bytes[end - 1] = 0x45
    start = frameEnd
  }
}

/// CRC-32C, one bit after another.
private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var crc = ~UInt32(0)
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? 0x82F6_3B78 ^ crc >> 1 : crc >> 1 }
  }
  return ~crc
}

private final class OneSegment: FileSystem {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func names(in folder: String) -> [String] { ["00000000000000000000.zst"] }

  func open(_ path: String, for access: FileAccess) -> any File {
    SegmentFileInMemory(path: path, bytes: bytes)
  }

  func createFolder(_ path: String) {}
  func sync(folder: String) {}
  func identity(of path: String) -> FileIdentity? { FileIdentity(device: 0, number: 0) }
  func remove(_ path: String) { preconditionFailure("reading removes nothing") }
  func rename(_ path: String, to newPath: String) { preconditionFailure("reading moves nothing") }
  func link(_ path: String, as newPath: String) { preconditionFailure("reading links nothing") }
}

private final class SegmentFileInMemory: File {
  let path: String
  private let bytes: [UInt8]

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  func size() -> Int { bytes.count }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let count = min(buffer.count, max(0, bytes.count - offset))
    if count > 0 { buffer.copyBytes(from: bytes[offset..<offset + count]) }
    return count
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    preconditionFailure("reading writes nothing")
  }

  func sync() {}
  func truncate(to size: Int) { preconditionFailure("reading cuts nothing") }
  func makeReadOnly() {}
  func identity() -> FileIdentity { FileIdentity(device: 0, number: 0) }
}
