// A .zst file of any size, read in chunks; the memory used does not depend on the file's size.

internal import CZstd
internal import Glibc

/// Calls `body` with the content of all frames of a file, in order, in chunks of about 128 KiB.
///
/// - Throws: ``ZstandardError`` when the file cannot be read, is damaged or ends inside a frame,
///   and what `body` throws.
public func forEachDecompressedChunk(
  path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
) throws {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw ZstandardError.io(path: path, errno: errno) }
  defer { close(descriptor) }
  guard let stream = unsafe ZSTD_createDStream() else {
    preconditionFailure("zstd: out of memory")
  }
  defer { unsafe ZSTD_freeDStream(stream) }
  var input = [UInt8](repeating: 0, count: ZSTD_DStreamInSize())
  var output = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
  var isInsideFrame = false
  while true {
    let count = unsafe input.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw ZstandardError.io(path: path, errno: errno) }
    if count == 0 { break }
    try unsafe input.withUnsafeBytes { bytes in
      var source = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: count, pos: 0)
      var isFull = false
      while unsafe source.pos < source.size || isFull {
        try unsafe output.withUnsafeMutableBytes { room in
          var target = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
          let result = unsafe ZSTD_decompressStream(stream, &target, &source)
          guard ZSTD_isError(result) == 0 else { throw ZstandardError(result: result) }
          isInsideFrame = result != 0
          isFull = unsafe isInsideFrame && target.pos == target.size
          if unsafe target.pos > 0 {
            try unsafe body(UnsafeRawBufferPointer(rebasing: room[..<target.pos]))
          }
        }
      }
    }
  }
  if isInsideFrame { throw ZstandardError.truncated(path: path) }
}
