// Bytes of arrays as raw memory, which hot paths read.

extension [UInt8] {
  /// The bytes, only for the duration of `body`.
  @inlinable
  @inline(__always)
  package func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBufferPointer { (bytes) throws(E) in try body(UnsafeRawBufferPointer(bytes)) }
  }
}
