// Whole frames into a buffer of known size: what a frame claims is compared with the caller's limit
// before a byte is allocated, so a damaged or hostile frame cannot exhaust memory.

internal import CZstd

/// Decompresses whole frames, reusing its context; one thread at a time.
@safe public final class Decompressor {
  private let context: OpaquePointer

  public init() {
    guard let context = unsafe ZSTD_createDCtx() else {
      preconditionFailure("zstd: out of memory")
    }
    unsafe self.context = unsafe context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// Appends the content of exactly one frame.
  ///
  /// - Parameter limit: the most bytes of content that are acceptable.
  /// - Throws: also when the frame is shorter or longer than `frame`, or does not state its size.
  public func decompress(
    frame: UnsafeRawBufferPointer, into output: inout [UInt8], limit: Int
  ) throws(ZstandardError) {
    let size = try unsafe Decompressor.contentSize(of: frame, limit: limit)
    let start = output.count
    if start == 0, output.capacity < size {
      // New memory need not be cleared first.
      var result = 0
      output = unsafe Array(unsafeUninitializedCapacity: size) { target, count in
        result = unsafe ZSTD_decompressDCtx(
          context, target.baseAddress, size, frame.baseAddress, frame.count)
        count = ZSTD_isError(result) == 0 ? min(result, size) : 0
      }
      guard ZSTD_isError(result) == 0 else { throw ZstandardError(result: result) }
      guard result == size else {
        output = []
        throw .unknownContentSize
      }
      return
    }
    output.append(contentsOf: repeatElement(0, count: size))
    let result = unsafe output.withUnsafeMutableBytes { target in
      unsafe ZSTD_decompressDCtx(
        context, target.baseAddress.map { unsafe $0 + start }, size, frame.baseAddress,
        frame.count)
    }
    if ZSTD_isError(result) != 0 || result != size {
      output.removeLast(size)
      throw ZSTD_isError(result) != 0 ? ZstandardError(result: result) : .unknownContentSize
    }
  }

  /// Replaces `output` by the content of exactly one frame, in the same memory if there is enough.
  ///
  /// - Parameter limit: the most bytes of content that are acceptable.
  /// - Throws: as when it is appended; then `output` is empty.
  public func decompress(
    frame: UnsafeRawBufferPointer, over output: inout [UInt8], limit: Int
  ) throws(ZstandardError) {
    do throws(ZstandardError) {
      let size = try unsafe Decompressor.contentSize(of: frame, limit: limit)
      guard size <= output.capacity else {
        output = []
        return try unsafe decompress(frame: frame, into: &output, limit: limit)
      }
      output.append(contentsOf: repeatElement(0, count: max(0, size - output.count)))
      output.removeLast(output.count - size)
      let result = unsafe output.withUnsafeMutableBytes { target in
        unsafe ZSTD_decompressDCtx(
          context, target.baseAddress, size, frame.baseAddress, frame.count)
      }
      guard ZSTD_isError(result) == 0 else { throw ZstandardError(result: result) }
      guard result == size else { throw .unknownContentSize }
    } catch {
      output = []
      throw error
    }
  }

  /// What a frame claims to hold, in bytes.
  private static func contentSize(
    of frame: UnsafeRawBufferPointer, limit: Int
  ) throws(ZstandardError) -> Int {
    let claimed = unsafe ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
    // ZSTD_CONTENTSIZE_UNKNOWN and ZSTD_CONTENTSIZE_ERROR, which Swift does not import.
    guard claimed < UInt64.max - 1 else { throw .unknownContentSize }
    // A block has at least 4 bytes and yields at most 128 KiB, so a short frame cannot ask for
    // much.
    let limit = min(limit, (frame.count / 4 + 1) << 17)
    guard claimed <= UInt64(limit) else { throw .contentTooLarge(size: claimed, limit: limit) }
    let length = unsafe ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count)
    guard ZSTD_isError(length) == 0 else { throw ZstandardError(result: length) }
    guard length == frame.count else {
      throw .library(message: "\(frame.count - length) bytes after the end of the frame")
    }
    return Int(claimed)
  }

  /// Appends the content of exactly one frame.
  public func decompress(
    frame: [UInt8], into output: inout [UInt8], limit: Int
  ) throws(ZstandardError) {
    let result = unsafe frame.withUnsafeBytes { frame in
      Result { () throws(ZstandardError) in
        try unsafe decompress(frame: frame, into: &output, limit: limit)
      }
    }
    try result.get()
  }
}
