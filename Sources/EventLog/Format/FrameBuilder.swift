// Turns commits into the bytes of one record: header and compressed lines together, so that one
// write carries both.

internal import Cryptography
internal import EventSourcing
internal import Zstandard

/// Builds records, reusing its contexts and buffers; one thread at a time.
final class FrameBuilder {
  private let compressor: Compressor
  private let folder = ChainFolder()
  private let isSealed: Bool
  private var header: FrameHeader
  private var tenantIndices: [TenantID: Int] = [:]
  private var lines: [UInt8] = []
  private var compressed: [UInt8] = []

  /// - Parameters:
  ///   - ordinal: the ordinal of the first commit to come.
  ///   - chain: the value before it.
  init(effort: CompressionEffort, isSealed: Bool = false, ordinal: Ordinal, chain: Digest) {
    compressor = Compressor(effort)
    self.isSealed = isSealed
    header = FrameHeader(firstOrdinal: ordinal, durableUpTo: ordinal, chain: chain)
  }

  /// The bytes of lines that the next record has so far.
  var lineByteCount: Int { lines.count }
  /// The next commit.
  var ordinal: Ordinal { header.endOrdinal }
  /// The chain value after the last commit that was added.
  var chain: Digest { header.chain }

  /// Adds a commit to the next record.
  ///
  /// - Parameter commitLines: each followed by a newline.
  func add(
    tenant: TenantID, firstPosition: Position, eventCount: Int,
    lines commitLines: UnsafeRawBufferPointer
  ) {
    let index = tenantIndices[tenant] ?? header.tenants.count
    if index == header.tenants.count {
      tenantIndices[tenant] = index
      header.tenants.append(.init(name: tenant, firstPosition: firstPosition))
    }
    header.tenants[index].eventCount += eventCount
    header.commits.append(.init(tenant: index, eventCount: eventCount))
    header.eventCount += eventCount
    let byteCount = folder.fold(&header.chain, eventCount: eventCount, of: commitLines)
    precondition(byteCount == commitLines.count, "a commit has a line for each event")
    lines.append(contentsOf: commitLines)
  }

  /// The header and the bytes of the record with the commits that were added since the last.
  ///
  /// - Parameter offset: where the record will begin in its segment.
  func record(offset: Int) -> (header: FrameHeader, bytes: [UInt8]) {
    compress { () throws(ZstandardError) in try compressor.compress(lines, into: &compressed) }
    return finishRecord(offset: offset)
  }

  /// Builds the record as ``record(offset:)`` does, which may take seconds.
  ///
  /// - Parameter shouldStop: called between blocks.
  /// - Returns: `nil` once `shouldStop` answered `true`; then the builder is of no further use.
  func record(
    offset: Int, unless shouldStop: () -> Bool
  ) -> (header: FrameHeader, bytes: [UInt8])? {
    let isWhole = compress { () throws(ZstandardError) in
      try lines.withBytes { (bytes) throws(ZstandardError) in
        try compressor.compress(bytes, into: &compressed, unless: shouldStop)
      }
    }
    return isWhole ? finishRecord(offset: offset) : nil
  }

  private func compress<R>(_ body: () throws(ZstandardError) -> R) -> R {
    compressed.removeAll(keepingCapacity: true)
    do { return try body() } catch {
      // Only memory can be missing: the target is as large as zstd requires.
      preconditionFailure("\(error)")
    }
  }

  private func finishRecord(offset: Int) -> (header: FrameHeader, bytes: [UInt8]) {
    header.isSealed = isSealed
    // Only what was acknowledged is sealed.
    if isSealed { header.durableUpTo = header.endOrdinal }
    header.lineByteCount = lines.count
    header.frameByteCount = compressed.count
    header.frameCRC = compressed.withBytes { crc32c($0) }
    var bytes = header.encoded(at: offset)
    bytes.append(contentsOf: compressed)
    defer { beginRecord() }
    return (header, bytes)
  }

  private func beginRecord() {
    header = FrameHeader(
      firstOrdinal: header.endOrdinal, durableUpTo: header.endOrdinal, chain: header.chain)
    tenantIndices.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }

  /// The record that says that every commit below the next is durable.
  func mark(offset: Int) -> [UInt8] {
    FrameHeader(firstOrdinal: ordinal, durableUpTo: ordinal, chain: chain).encoded(at: offset)
  }
}
