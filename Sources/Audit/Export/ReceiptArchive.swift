// All receipts of an export in one file: one receipt a line, in standard Zstandard. A receipt
// stands alone, so each repeats the schemas of its events, some 60 KiB. Frames of some 60 receipts
// compress that to a few KiB each, and `zstd -dc` prints them all.

import Zstandard

struct ReceiptArchive {
  static let path = "proofs/receipts.zst"
  /// A frame takes no further receipt once it holds this many bytes.
  private static let frameByteCount = 4 << 20

  private let compressor = Compressor(.level(3))
  private var receipts: [UInt8] = []
  private var frames: [UInt8] = []

  /// - Throws: `ZstandardError` when memory is missing.
  mutating func add(_ receipt: RefundReceipt) throws {
    receipts += receipt.bytes
    if receipts.count >= Self.frameByteCount { try endFrame() }
  }

  /// The file, which has at least one frame.
  ///
  /// - Throws: `ZstandardError` when memory is missing.
  mutating func finish() throws -> [UInt8] {
    if !receipts.isEmpty || frames.isEmpty { try endFrame() }
    return frames
  }

  private mutating func endFrame() throws {
    try compressor.compress(receipts, into: &frames)
    receipts.removeAll(keepingCapacity: true)
  }
}
