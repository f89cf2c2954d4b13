// A set of rows in 32 bytes, without an order: the sum of the rows' keyed hashes, in four lanes of
// 64 bits. What must hold: a row that comes and goes again leaves the sum as it was, so that a
// step costs what it changes, and not what the file holds.

import Cryptography

/// The sum of hashes, modulo 2^64 in each lane.
struct RowSum: Hashable, Sendable {
  private var lanes = SIMD4<UInt64>.zero

  init() {}

  /// - Parameter digest: what ``digest`` gave.
  init(_ digest: Digest) { lanes = Self.lanes(of: digest) }

  mutating func add(_ hash: Digest) { lanes &+= Self.lanes(of: hash) }

  mutating func subtract(_ hash: Digest) { lanes &-= Self.lanes(of: hash) }

  /// The lanes, one after another, each with its lowest byte first.
  var digest: Digest {
    var bytes: [UInt8] = []
    for lane in 0..<4 {
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: lanes[lane] >> (8 * shift))) }
    }
    guard let digest = Digest(bytes) else { preconditionFailure("four lanes have 32 bytes") }
    return digest
  }

  private static func lanes(of digest: Digest) -> SIMD4<UInt64> {
    digest.withUnsafeBytes { bytes in
      var lanes = SIMD4<UInt64>.zero
      for lane in 0..<4 {
        lanes[lane] = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * lane, as: UInt64.self))
      }
      return lanes
    }
  }
}
