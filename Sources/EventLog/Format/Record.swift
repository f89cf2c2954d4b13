// A header and the frame after it, as they are found at one place of a segment, or why there is
// none. What must hold: a record is believed only when every one of its bytes is covered by a
// checksum that agrees.

internal import Cryptography
internal import EventSourcing

/// What lies at one offset of a segment.
enum RecordAt {
  case whole(FrameHeader, headerByteCount: Int)
  /// The file ends here.
  case end
  /// The file ends before the record does, which begins with this commit if its header is there.
  case short(firstOrdinal: Ordinal?)
  /// The record's bytes up to `end` are not what was written. Where its length cannot be read,
  /// that is the end of the last sector of the length: an unfinished write left that one out. An
  /// `end` where the record begins says that no unfinished write explains it, since its checksums
  /// agree.
  case damaged(end: Int, firstOrdinal: Ordinal? = nil, reason: String)
}

extension SegmentFile {
  /// Looks at the record that begins at `offset`.
  ///
  /// - Parameter checkingFrame: also compare the compressed bytes with their checksum.
  /// - Throws: ``LogError/unsupportedFormat(segment:offset:version:flags:)`` for a later format.
  func record(at offset: Int, checkingFrame: Bool) throws(LogError) -> RecordAt {
    let beginning = try bytes(at: offset, count: FrameHeader.fixedByteCount)
    if beginning.isEmpty { return .end }
    let sector = RecordPadding.sectorByteCount
    let fixedEnd = (offset + FrameHeader.fixedByteCount + sector - 1) / sector * sector
    guard FixedHeader.mayBegin(beginning) else {
      return .damaged(end: min(fixedEnd, size), reason: "no header begins here")
    }
    if beginning.count < FrameHeader.fixedByteCount { return .short(firstOrdinal: nil) }
    guard let fixed = FixedHeader(beginning) else {
      return .damaged(end: min(fixedEnd, size), reason: "the header's first checksum is wrong")
    }
    guard fixed.version == FrameHeader.version, fixed.flags & ~FrameHeader.sealedFlag == 0 else {
      throw .unsupportedFormat(
        segment: name, offset: offset, version: Int(fixed.version), flags: Int(fixed.flags))
    }
    let end = offset + fixed.recordByteCount
    guard fixed.headerByteCount <= FrameHeader.maximumByteCount else {
      return .damaged(end: offset, reason: "the header is too long")
    }
    if end > size { return .short(firstOrdinal: fixed.firstOrdinal) }
    let header: FrameHeader
    do {
      header = try FrameHeader(decoding: bytes(at: offset, count: fixed.headerByteCount))
    } catch let damage as HeaderDamage {
      return .damaged(
        end: damage.isAsWritten ? offset : end, firstOrdinal: fixed.firstOrdinal,
        reason: damage.reason)
    } catch { throw error as! LogError }
    if checkingFrame {
      let frame = try bytes(at: offset + fixed.headerByteCount, count: header.frameByteCount)
      guard frame.count == header.frameByteCount else {
        return .short(firstOrdinal: fixed.firstOrdinal)
      }
      guard crc32c(frame) == header.frameCRC else {
        return .damaged(
          end: end, firstOrdinal: fixed.firstOrdinal, reason: "the frame's checksum is wrong")
      }
    }
    return .whole(header, headerByteCount: fixed.headerByteCount)
  }

  /// The offset of the first undamaged header after `offset`; `nil` when there is none.
  func firstHeader(after offset: Int) throws(LogError) -> Int? {
    let step = 1 << 20
    var start = offset + 1
    while start < size {
      let chunk = try bytes(at: start, count: step + FrameHeader.fixedByteCount - 1)
      let lastStart = chunk.count - FrameHeader.fixedByteCount
      if lastStart >= 0 {
        for index in 0...min(lastStart, step - 1)
        where chunk[index] == UInt8(truncatingIfNeeded: FrameHeader.skippableMagic) {
          if FixedHeader(UnsafeRawBufferPointer(rebasing: chunk[index...])) != nil {
            return start + index
          }
        }
      }
      start += step
    }
    return nil
  }

  /// Whether some sector's part of these bytes, or all of them, read as zeros, with the rest of the
  /// sector, as after a write that did not finish.
  func hasUnwrittenSector(from offset: Int, to end: Int) throws(LogError) -> Bool {
    let sector = RecordPadding.sectorByteCount
    var start = offset
    while start < end {
      let next = min(end, (start / sector + 1) * sector)
      let isLongEnough = next - start >= RecordPadding.shortestPart || next - start == end - offset
      // What was never written is whole sectors.
      let sectorEnd = min(size, (next + sector - 1) / sector * sector)
      let part = try bytes(at: start, count: sectorEnd - start)
      if isLongEnough && part.allSatisfy({ $0 == 0 }) { return true }
      start = next
    }
    return false
  }
}
