// One frame per call, always with its content size and a checksum over the content, so that a
// reader can size its buffer beforehand and notices damage.

internal import CZstd

/// Compresses whole buffers, reusing its context; one thread at a time.
@safe public final class Compressor {
  private let context: OpaquePointer

  /// - Parameter level: from 1 (fast) to 19 (small); 3 is zstd's own choice.
  public init(level: Int) {
    guard let context = unsafe ZSTD_createCCtx() else {
      preconditionFailure("zstd: out of memory")
    }
    unsafe self.context = unsafe context
    set(ZSTD_c_compressionLevel, level)
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
