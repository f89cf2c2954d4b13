// One frame per call, always with its content size and a checksum over the content, so that a
// reader can size its buffer beforehand and notices damage.

internal import CZstd

/// How much time a small frame is worth.
public enum CompressionEffort: Sendable {
  /// One of zstd's levels, from 1 (fast) to 19 (small); 3 is zstd's own choice.
  case level(Int)
  /// Hardly larger than level 19 makes it, in less than half the time: matches are priced once, not
  /// twice, and found with half as many tries.
  case archive
}

/// Compresses whole buffers, reusing its context; one thread at a time.
@safe public final class Compressor {
  private let context: OpaquePointer

  public init(_ effort: CompressionEffort) {
    guard let context = unsafe ZSTD_createCCtx() else {
      preconditionFailure("zstd: out of memory")
    }
    unsafe self.context = unsafe context
    switch effort {
    case .level(let level): set(ZSTD_c_compressionLevel, level)
    case .archive:
      set(ZSTD_c_compressionLevel, 19)
      set(ZSTD_c_strategy, Int(ZSTD_btopt.rawValue))
      set(ZSTD_c_searchLog, 6)
      set(ZSTD_c_minMatch, 4)
    }
    set(ZSTD_c_contentSizeFlag, 1)
    set(ZSTD_c_checksumFlag, 1)
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// Appends one frame that holds these bytes.
  public func compress(
    _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
  ) throws(ZstandardError) {
    let start = output.count
    let bound = ZSTD_compressBound(bytes.count)
    output.append(contentsOf: repeatElement(0, count: bound))
    let result = unsafe output.withUnsafeMutableBytes { target in
      unsafe ZSTD_compress2(
        context, target.baseAddress! + start, bound, bytes.baseAddress, bytes.count)
    }
    if ZSTD_isError(result) != 0 {
      output.removeLast(bound)
      throw ZstandardError(result: result)
    }
    output.removeLast(bound - result)
  }

  /// Appends one frame that holds these bytes, block by block, unless it is stopped in between.
  ///
  /// - Parameter shouldStop: called before each block of 128 KiB.
  /// - Returns: whether the frame is whole; otherwise nothing was appended.
  public func compress(
    _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8], unless shouldStop: () -> Bool
  ) throws(ZstandardError) -> Bool {
    let start = output.count
    output.append(contentsOf: repeatElement(0, count: ZSTD_compressBound(bytes.count)))
    let end = unsafe output.withUnsafeMutableBytes { target in
      unsafe compress(bytes, into: target, from: start, unless: shouldStop)
    }
    switch end {
    case .success(let end):
      output.removeLast(output.count - (end ?? start))
      return end != nil
    case .failure(let error):
      output.removeLast(output.count - start)
      throw error
    }
  }

  /// - Returns: where the frame ends in `target`; `nil` once `shouldStop` answered `true`.
  private func compress(
    _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, from start: Int,
    unless shouldStop: () -> Bool
  ) -> Result<Int?, ZstandardError> {
    unsafe ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
    unsafe ZSTD_CCtx_setPledgedSrcSize(context, UInt64(bytes.count))
    var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: start)
    var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: 0, pos: 0)
    while true {
      if shouldStop() { return .success(nil) }
      unsafe input.size = min(bytes.count, input.size + Compressor.blockByteCount)
      let isLast = unsafe input.size == bytes.count
      let result = unsafe ZSTD_compressStream2(
        context, &output, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
      if ZSTD_isError(result) != 0 { return .failure(ZstandardError(result: result)) }
      if isLast && result == 0 { return .success(unsafe output.pos) }
    }
  }

  private static let blockByteCount = 128 << 10

  /// Appends one frame that holds these bytes.
  public func compress(_ bytes: [UInt8], into output: inout [UInt8]) throws(ZstandardError) {
    let result = unsafe bytes.withUnsafeBytes { bytes in
      Result { () throws(ZstandardError) in try unsafe compress(bytes, into: &output) }
    }
    try result.get()
  }

  private func set(_ parameter: ZSTD_cParameter, _ value: Int) {
    let result = unsafe ZSTD_CCtx_setParameter(context, parameter, Int32(value))
    precondition(ZSTD_isError(result) == 0, "zstd refuses a parameter")
  }
}

extension ZstandardError {
  init(result: Int) {
    self = .library(message: unsafe String(cString: ZSTD_getErrorName(result)))
  }
}
