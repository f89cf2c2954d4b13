// A sealed segment ends with a mark that sums it up: where every tenant's events begin and how many
// there are, how many events and bytes of lines, the chain value. So a log can be opened without
// reading what lies before; a reader of a frame still checks it.

internal import Cryptography
internal import EventSourcing

/// The summary of a sealed segment.
struct SealedSegment: Sendable {
  var firstOrdinal: Ordinal
  var endOrdinal: Ordinal
  /// The value after the last commit.
  var chain: Digest
  /// Where each tenant's events begin, and how many there are.
  var tenants: [FrameHeader.Tenant]
  var eventCount: Int
  var lineByteCount: Int
  /// The file's length.
  var byteCount: Int
}

extension SegmentFile {
  /// Whether a header that says it is sealed begins here.
  func isSealed(at offset: Int) throws(LogError) -> Bool {
    try FixedHeader(bytes(at: offset, count: FrameHeader.fixedByteCount))?.isSealed ?? false
  }

  /// Reads the file's first header and its last mark.
  ///
  /// - Returns: `nil` unless the segment is sealed and both are undamaged and agree.
  func sealedSegment() throws(LogError) -> SealedSegment? {
    guard let first = FixedHeader(try bytes(at: 0, count: FrameHeader.fixedByteCount)),
      first.isSealed, first.firstOrdinal == firstOrdinal, let last = try lastMark(), last.isTotal
    else { return nil }
    return SealedSegment(
      firstOrdinal: firstOrdinal, endOrdinal: last.firstOrdinal, chain: last.chain,
      tenants: last.tenants, eventCount: last.eventCount, lineByteCount: last.lineByteCount,
      byteCount: size)
  }

  /// The mark that ends exactly where the file does; `nil` when there is none.
  private func lastMark() throws(LogError) -> FrameHeader? {
    var count = 1 << 14
    while true {
      let start = max(0, size - count)
      if let offset = try startOfLastMark(from: start),
        case .whole(let header, _) = try record(at: offset, checkingFrame: false)
      {
        return header
      }
      guard start > 0, count < FrameHeader.maximumByteCount else { return nil }
      count *= 16
    }
  }

  private func startOfLastMark(from start: Int) throws(LogError) -> Int? {
    let bytes = try bytes(at: start, count: size - start)
    let magic = UInt8(truncatingIfNeeded: FrameHeader.skippableMagic)
    for index in bytes.indices.dropLast(FrameHeader.fixedByteCount - 1)
    where bytes[index] == magic {
      let fixed = FixedHeader(UnsafeRawBufferPointer(rebasing: bytes[index...]))
      if let fixed, fixed.recordByteCount == bytes.count - index { return start + index }
    }
    return nil
  }
}

/// Sums up a sealed segment's headers, to compare them with its last mark.
struct SegmentTotal {
  private var tenants: [TenantID: FrameHeader.Tenant] = [:]
  private var eventCount = 0
  private(set) var lineByteCount = 0
  /// Whether the last mark was there.
  private(set) var isComplete = false

  /// A segment that was summed up already.
  static let complete: SegmentTotal = {
    var total = SegmentTotal()
    total.isComplete = true
    return total
  }()

  /// - Returns: what does not fit.
  mutating func follow(_ header: FrameHeader) -> String? {
    if isComplete { return "it comes after the last mark of a sealed segment" }
    if header.isMark {
      isComplete = true
      let isSame =
        header.tenants.count == tenants.count && header.eventCount == eventCount
        && header.lineByteCount == lineByteCount
        && header.tenants.allSatisfy { tenants[$0.name] == $0 }
      return isSame ? nil : "the last mark does not sum up the segment"
    }
    eventCount += header.eventCount
    lineByteCount += header.lineByteCount
    for tenant in header.tenants {
      tenants[tenant.name, default: .init(name: tenant.name, firstPosition: tenant.firstPosition)]
        .eventCount += tenant.eventCount
    }
    return nil
  }

  /// The mark that ends the segment.
  func mark(at ordinal: Ordinal, chain: Digest) -> FrameHeader {
    var mark = FrameHeader(firstOrdinal: ordinal, durableUpTo: ordinal, chain: chain)
    mark.isSealed = true
    mark.tenants = tenants.values.sorted { $0.name < $1.name }
    mark.eventCount = eventCount
    mark.lineByteCount = lineByteCount
    return mark
  }

  /// Whether the mark's fields are wide enough.
  var fitsIntoMark: Bool { tenants.count <= UInt16.max && lineByteCount <= UInt32.max }
}
