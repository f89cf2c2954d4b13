// Reads a header in two steps: the fixed part has its own checksum and has the lengths; the whole
// is believed only with the second checksum and when its counts agree with one another.

internal import Cryptography
internal import EventSourcing

/// The part of a header with its length and that of the frame after it.
struct FixedHeader {
  var headerByteCount: Int
  var frameByteCount: Int
  var firstOrdinal: Ordinal
  var version: UInt8
  var flags: UInt8

  var isSealed: Bool { flags & FrameHeader.sealedFlag != 0 }

  /// The bytes of the header and of the frame after it.
  var recordByteCount: Int { headerByteCount + frameByteCount }

  /// - Returns: `nil` unless the bytes begin with an undamaged fixed part.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= FrameHeader.fixedByteCount, FixedHeader.mayBegin(bytes) else { return nil }
    let crcOffset = FrameHeader.fixedByteCount - 4
    let expected = UInt32(
      littleEndian: bytes.loadUnaligned(fromByteOffset: crcOffset, as: UInt32.self))
    guard crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<crcOffset])) == expected else {
      return nil
    }
    func length(_ offset: Int) -> Int {
      Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    headerByteCount = length(4) + 8
    frameByteCount = length(44)
    firstOrdinal = Ordinal(
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
    version = bytes[12]
    flags = bytes[13]
  }

  /// Whether the bytes, as far as they go, are how a header begins.
  static func mayBegin(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for (index, expected) in beginning where index < bytes.count {
      if bytes[index] != expected { return false }
    }
    return true
  }

  private static let beginning: [(Int, UInt8)] = {
    let skippable = withUnsafeBytes(of: FrameHeader.skippableMagic.littleEndian) { Array($0) }
    return Array(skippable.enumerated().map { ($0.offset, $0.element) })
      + FrameHeader.magic.enumerated().map { ($0.offset + 8, $0.element) }
  }()
}

/// Why a header's bytes cannot be believed.
struct HeaderDamage: Error {
  var reason: String
  /// The bytes are those that were written, and should never have been.
  var isAsWritten = false
}

extension FrameHeader {
  /// Reads exactly one header.
  ///
  /// - Throws: what is wrong with it.
  init(decoding bytes: UnsafeRawBufferPointer) throws(HeaderDamage) {
    let crcOffset = bytes.count - 5
    guard crcOffset >= FrameHeader.fixedByteCount else {
      throw HeaderDamage(reason: "the header is too short")
    }
    guard bytes[bytes.count - 1] == FrameHeader.endMarker else {
      throw HeaderDamage(reason: "the header's end marker is wrong")
    }
    let crc = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: crcOffset, as: UInt32.self))
    guard crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<crcOffset])) == crc else {
      throw HeaderDamage(reason: "the header's checksum is wrong")
    }
    var cursor = HeaderCursor(
      bytes: UnsafeRawBufferPointer(rebasing: bytes[..<crcOffset]), offset: 13)
    guard let header = FrameHeader(reading: &cursor) else {
      throw HeaderDamage(reason: "the header's counts do not agree", isAsWritten: true)
    }
    self = header
  }

  private init?(reading cursor: inout HeaderCursor) {
    guard let flags = cursor.number(UInt8.self), let tenantCount = cursor.number(UInt16.self),
      let firstOrdinal = cursor.number(UInt64.self), let durableUpTo = cursor.number(UInt64.self),
      let commitCount = cursor.number(UInt32.self), let eventCount = cursor.number(UInt32.self),
      let lineByteCount = cursor.number(UInt32.self),
      let frameByteCount = cursor.number(UInt32.self), let frameCRC = cursor.number(UInt32.self),
      let chain = cursor.slice(Digest.byteCount), cursor.number(UInt32.self) != nil
    else { return nil }
    self.init(
      isSealed: flags & FrameHeader.sealedFlag != 0, firstOrdinal: Ordinal(firstOrdinal),
      durableUpTo: Ordinal(durableUpTo), eventCount: Int(eventCount),
      lineByteCount: Int(lineByteCount), frameByteCount: Int(frameByteCount), frameCRC: frameCRC,
      chain: Digest(copying: chain))
    for _ in 0..<tenantCount {
      guard let length = cursor.number(UInt8.self), let bytes = cursor.slice(Int(length)),
        TenantID.isValid(bytes), let position = cursor.number(UInt64.self),
        let count = cursor.number(UInt32.self), position <= UInt64.max - UInt64(count)
      else { return nil }
      tenants.append(
        Tenant(
          name: TenantID(unchecked: String(decoding: bytes, as: UTF8.self)),
          firstPosition: Position(position), eventCount: Int(count)))
    }
    guard firstOrdinal <= UInt64.max - UInt64(commitCount),
      readCommits(Int(commitCount), from: &cursor), durableUpTo <= endOrdinal.value,
      RecordPadding.byteCounts.contains(cursor.bytes.count - cursor.offset)
    else { return nil }
    while cursor.offset < cursor.bytes.count {
      guard cursor.number(UInt8.self) == FrameHeader.padding else { return nil }
    }
  }

  private mutating func readCommits(_ count: Int, from cursor: inout HeaderCursor) -> Bool {
    var eventCounts = [Int](repeating: 0, count: tenants.count)
    // Every commit takes at least two bytes, so a wrong count cannot make this allocate much.
    guard count <= (cursor.bytes.count - cursor.offset) / 2 else { return false }
    commits.reserveCapacity(count)
    for _ in 0..<count {
      guard let tenant = cursor.leb128(), let events = cursor.leb128(),
        tenants.indices.contains(tenant), events > 0
      else { return false }
      eventCounts[tenant] += events
      commits.append(CommitEntry(tenant: tenant, eventCount: events))
    }
    guard Set(tenants.map(\.name)).count == tenants.count else { return false }
    if isMark && (frameByteCount != 0 || frameCRC != 0) { return false }
    if isTotal { return tenants.reduce(0) { $0 + $1.eventCount } == eventCount }
    guard zip(tenants, eventCounts).allSatisfy({ $0.eventCount == $1 }),
      eventCounts.reduce(0, +) == eventCount
    else { return false }
    return isMark ? tenants.isEmpty && lineByteCount == 0 : lineByteCount > 0 && frameByteCount > 0
  }
}
