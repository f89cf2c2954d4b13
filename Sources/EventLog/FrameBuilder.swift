// Turns commits into the bytes of one record: header and compressed lines together, so that one
// write carries both.

internal import Cryptography
internal import EventSourcing
internal import Zstandard

/// Builds records, reusing its contexts and buffers; one thread at a time.
final class FrameBuilder {
  private let compressor: Compressor
  private let folder = ChainFolder()
  private var lines: [UInt8] = []
  private var compressed: [UInt8] = []

  init(compressionLevel: Int) {
    compressor = Compressor(level: compressionLevel)
  }

  /// The header and the bytes of a record that holds these commits.
  ///
  /// - Parameters:
  ///   - ordinal: the ordinal of the first commit.
  ///   - chain: the value before the first commit.
  ///   - offset: where the record will begin in its segment.
  func record(
    of commits: [Commit], ordinal: Ordinal, chain: Digest, offset: Int
  ) -> (header: FrameHeader, bytes: [UInt8]) {
    var header = FrameHeader(firstOrdinal: ordinal, durableUpTo: ordinal, chain: chain)
    var tenantIndices: [TenantID: Int] = [:]
    lines.removeAll(keepingCapacity: true)
    compressed.removeAll(keepingCapacity: true)
    for commit in commits {
      let index = tenantIndices[commit.tenant] ?? header.tenants.count
      if index == header.tenants.count {
        tenantIndices[commit.tenant] = index
        header.tenants.append(
          .init(name: commit.tenant, firstPosition: commit.firstPosition, eventCount: 0))
      }
      header.tenants[index].eventCount += commit.eventCount
      header.commits.append(.init(tenant: index, eventCount: commit.eventCount))
      header.eventCount += commit.eventCount
      header.chain = commit.lines.withBytes { folder.fold(header.chain, lines: $0) }
      lines.append(contentsOf: commit.lines)
    }
    do { try compressor.compress(lines, into: &compressed) } catch {
      // Only memory can be missing: the target is as large as zstd asks for.
      preconditionFailure("\(error)")
    }
    header.lineByteCount = lines.count
    header.frameByteCount = compressed.count
    header.frameCRC = compressed.withBytes { crc32c($0) }
    var bytes = header.encoded(at: offset)
    bytes.append(contentsOf: compressed)
    return (header, bytes)
  }

  /// The record that says that every commit below `ordinal` is durable.
  static func mark(ordinal: Ordinal, chain: Digest, offset: Int) -> [UInt8] {
    FrameHeader(firstOrdinal: ordinal, durableUpTo: ordinal, chain: chain).encoded(at: offset)
  }
}
