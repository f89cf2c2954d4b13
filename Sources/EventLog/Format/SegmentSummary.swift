// What the index keeps of a full segment that is not sealed, so that the next opening need not look
// at each of its records:
//
//    0  8  length of the file
//    8  8  where the last record begins
//   16  4  length of the mark
//   20  .  the mark that would sum up the segment if it were sealed (FORMAT.md)
//    .  .  for each frame: its first commit and its offset, each by the distance to the one before
//    .  4  CRC-32C of all bytes before
//
// It is believed only as long as the file has this length, begins with the segment's first commit,
// and ends with the record and the chain value that it names. Bytes that changed in between are
// found when they are read, and by verifying, as they are in a sealed segment.

internal import Cryptography
internal import EventSourcing
internal import LogIndex

/// Sums up the records of a segment one after another.
struct SegmentSummary: Sendable {
  let firstOrdinal: Ordinal
  private var total = SegmentTotal()
  private var offsets = FrameOffsets()
  private var end: Ordinal
  private var chain = Digest.zero
  private var lastOffset = 0
  private var byteCount = 0

  init(firstOrdinal: Ordinal) {
    self.firstOrdinal = firstOrdinal
    end = firstOrdinal
  }

  /// Adds the record after all before.
  mutating func follow(_ header: FrameHeader, at offset: Int, endOffset: Int) {
    if !header.isMark {
      _ = total.follow(header)
      offsets.add(header.firstOrdinal, at: offset)
    }
    end = header.endOrdinal
    chain = header.chain
    lastOffset = offset
    byteCount = endOffset
  }

  /// - Returns: `nil` for a segment that is too large to be summed up.
  var row: FullSegmentRow? {
    guard total.fitsIntoMark, !offsets.frames.isEmpty else { return nil }
    let mark = total.mark(at: end, chain: chain).encoded(at: 0)
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(byteCount))
    bytes.append(littleEndian: UInt64(lastOffset))
    bytes.append(littleEndian: UInt32(mark.count))
    bytes += mark
    var last = FrameOffsets.Frame(firstOrdinal: firstOrdinal, offset: 0)
    for frame in offsets.frames {
      bytes.appendNumber(frame.firstOrdinal.value - last.firstOrdinal.value)
      bytes.appendNumber(UInt64(frame.offset - last.offset))
      last = frame
    }
    bytes.append(littleEndian: bytes.withBytes { crc32c($0) })
    return FullSegmentRow(firstOrdinal: firstOrdinal, bytes: bytes)
  }
}

/// A full segment as its row describes it.
struct FullSegment: Sendable {
  var total: SealedSegment
  var offsets = FrameOffsets()
  private var lastOffset: Int

  /// - Returns: `nil` for bytes that are no row of this segment.
  init?(_ row: FullSegmentRow) {
    let body = row.bytes.dropLast(4)
    guard body.count >= 20, row.bytes.suffix(4).elementsEqual(FullSegment.checksum(of: body)) else {
      return nil
    }
    let firstOrdinal = row.firstOrdinal
    let parsed: (SealedSegment, FrameOffsets, Int)? = row.bytes.withBytes { bytes in
      var cursor = HeaderCursor(
        bytes: UnsafeRawBufferPointer(rebasing: bytes.dropLast(4)), offset: 0)
      guard let byteCount = cursor.number(UInt64.self), let lastOffset = cursor.number(UInt64.self),
        let markByteCount = cursor.number(UInt32.self), let mark = cursor.slice(Int(markByteCount)),
        let header = try? FrameHeader(decoding: mark), header.isTotal,
        let offsets = FrameOffsets(
          UnsafeRawBufferPointer(rebasing: cursor.bytes[cursor.offset...]), from: firstOrdinal)
      else { return nil }
      return (
        SealedSegment(
          firstOrdinal: firstOrdinal, endOrdinal: header.firstOrdinal, chain: header.chain,
          tenants: header.tenants, eventCount: header.eventCount,
          lineByteCount: header.lineByteCount, byteCount: Int(byteCount)), offsets, Int(lastOffset)
      )
    }
    guard let parsed else { return nil }
    (total, offsets, lastOffset) = parsed
  }

  private static func checksum(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    var checksum: [UInt8] = []
    checksum.append(littleEndian: Array(bytes).withBytes { crc32c($0) })
    return checksum
  }

  /// Whether the file is still the one that was summed up.
  func describes(_ file: SegmentFile) throws(LogError) -> Bool {
    guard file.firstOrdinal == total.firstOrdinal, file.size == total.byteCount,
      let first = FixedHeader(try file.bytes(at: 0, count: FrameHeader.fixedByteCount)),
      first.firstOrdinal == total.firstOrdinal, !first.isSealed,
      case .whole(let last, let headerByteCount) = try file.record(
        at: lastOffset, checkingFrame: true)
    else { return false }
    return lastOffset + headerByteCount + last.frameByteCount == file.size && !last.isSealed
      && last.endOrdinal == total.endOrdinal && last.chain == total.chain
  }
}

extension FrameOffsets {
  fileprivate init?(_ bytes: UnsafeRawBufferPointer, from firstOrdinal: Ordinal) {
    var reader = NumberReader(bytes: bytes)
    var (ordinal, offset) = (firstOrdinal.value, UInt64(0))
    while !reader.isAtEnd {
      guard let commits = reader.next(), let distance = reader.next() else { return nil }
      ordinal &+= commits
      offset &+= distance
      guard offset < 1 << 60 else { return nil }
      add(Ordinal(ordinal), at: Int(offset))
    }
  }
}
