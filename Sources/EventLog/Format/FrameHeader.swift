// The skippable frame before each frame of lines (FORMAT.md shows one byte by byte):
//
//   0  4  5D 2A 4D 18      Zstandard's magic of a skippable frame
//   4  4  size             bytes of the header after these eight
//   8  4  "RDLG"
//  12  1  version          1
//  13  1  flags            bit 0: sealed
//  14  2  tenant count
//  16  8  first ordinal    of the frame's first commit; in a mark, of the next commit
//  24  8  durable up to    every commit below was acknowledged
//  32  4  commit count     0 in a mark, after which no frame follows
//  36  4  event count
//  40  4  line bytes       length of the lines with their newlines
//  44  4  frame bytes      length of the frame that follows
//  48  4  CRC-32C          of the frame that follows
//  52 32  chain            value after the last commit
//  84  4  CRC-32C          of the bytes before: from here on, lengths are known for certain
//  88  .  tenants          name length (1), name, first position (8), event count (4)
//   .  .  commits          tenant index, event count (LEB128 each)
//   .  .  FF …             1 to 8 times, see RecordPadding
//   .  4  CRC-32C          of all bytes before
//   .  1  45               end of the header, never zero
//
// What must hold: a header describes its commits completely, but for the lines.

internal import Cryptography
internal import EventSourcing

/// The content of one header.
struct FrameHeader: Equatable, Sendable {
  /// One tenant's part of a frame.
  struct Tenant: Equatable, Sendable {
    var name: TenantID
    var firstPosition: Position
    var eventCount = 0
  }

  /// One commit's part of a frame.
  struct CommitEntry: Equatable, Sendable {
    /// The place of its tenant among the frame's tenants.
    var tenant: Int
    var eventCount: Int
  }

  var isSealed = false
  var firstOrdinal: Ordinal
  var durableUpTo: Ordinal
  var tenants: [Tenant] = []
  var commits: [CommitEntry] = []
  var eventCount = 0
  var lineByteCount = 0
  var frameByteCount = 0
  var frameCRC: UInt32 = 0
  var chain: Digest

  /// The ordinal of the first commit after this frame.
  var endOrdinal: Ordinal { firstOrdinal.advanced(by: commits.count) }

  /// A header without commits says only that everything before it is durable.
  var isMark: Bool { commits.isEmpty }

  /// The mark that ends a sealed segment sums up its tenants, events and lines.
  var isTotal: Bool { isSealed && isMark }

  static let fixedByteCount = 88
  static let version: UInt8 = 1
  static let maximumByteCount = 64 << 20
  static let skippableMagic: UInt32 = 0x184D_2A5D
  static let magic: [UInt8] = Array("RDLG".utf8)
  static let sealedFlag: UInt8 = 1
  static let padding: UInt8 = 0xFF
  static let endMarker: UInt8 = 0x45
}

extension FrameHeader {
  /// The header's bytes, padded for being written at `offset` of its segment.
  func encoded(at offset: Int) -> [UInt8] {
    var tables: [UInt8] = []
    for tenant in tenants {
      let name = Array(tenant.name.rawValue.utf8)
      tables.append(UInt8(name.count))
      tables.append(contentsOf: name)
      tables.append(littleEndian: tenant.firstPosition.value)
      tables.append(littleEndian: UInt32(tenant.eventCount))
    }
    for commit in commits {
      tables.append(leb128: commit.tenant)
      tables.append(leb128: commit.eventCount)
    }
    let trailerByteCount = MemoryLayout<UInt32>.size + 1
    let unpadded = FrameHeader.fixedByteCount + tables.count + trailerByteCount
    let padding = RecordPadding.byteCount(endingAt: offset + unpadded + frameByteCount)

    var bytes: [UInt8] = []
    bytes.reserveCapacity(unpadded + padding)
    bytes.append(littleEndian: FrameHeader.skippableMagic)
    bytes.append(littleEndian: UInt32(unpadded + padding - 8))
    bytes.append(contentsOf: FrameHeader.magic)
    bytes.append(FrameHeader.version)
    bytes.append(isSealed ? FrameHeader.sealedFlag : 0)
    bytes.append(littleEndian: UInt16(tenants.count))
    bytes.append(littleEndian: firstOrdinal.value)
    bytes.append(littleEndian: durableUpTo.value)
    bytes.append(littleEndian: UInt32(commits.count))
    bytes.append(littleEndian: UInt32(eventCount))
    bytes.append(littleEndian: UInt32(lineByteCount))
    bytes.append(littleEndian: UInt32(frameByteCount))
    bytes.append(littleEndian: frameCRC)
    bytes.append(contentsOf: chain.bytes)
    bytes.append(littleEndian: bytes.withBytes { crc32c($0) })
    bytes.append(contentsOf: tables)
    bytes.append(contentsOf: repeatElement(FrameHeader.padding, count: padding))
    bytes.append(littleEndian: bytes.withBytes { crc32c($0) })
    bytes.append(FrameHeader.endMarker)
    return bytes
  }
}

/// Where records may end, so that recovery can distinguish an unfinished write from changed bytes.
///
/// A disk writes whole sectors of 512 bytes, so an unfinished write leaves zeros from one sector's
/// bounds to another's. If no part of a record in one sector is shorter than eight bytes, no single
/// changed byte can make such a part look unwritten.
enum RecordPadding {
  static let sectorByteCount = 512
  static let shortestPart = 8
  /// How many bytes of padding a header can have.
  static let byteCounts = 1...shortestPart

  /// How many bytes of padding a record needs that would end at `end` without any; at least one.
  static func byteCount(endingAt end: Int) -> Int {
    let rest = (end + 1) % sectorByteCount
    if rest > sectorByteCount - shortestPart { return 1 + sectorByteCount - rest }
    if rest > 0 && rest < shortestPart { return 1 + shortestPart - rest }
    return 1
  }
}
