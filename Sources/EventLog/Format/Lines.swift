// Lines end with a newline, also the last; a line handed out never includes it.

internal import Glibc

let newline = UInt8(ascii: "\n")

/// Whether these are the same bytes.
func areEqual(_ a: UnsafeRawBufferPointer, _ b: Slice<UnsafeRawBufferPointer>) -> Bool {
  let b = UnsafeRawBufferPointer(rebasing: b)
  return a.count == b.count && (a.isEmpty || memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0)
}

/// Calls `body` with each line, without its newline.
@inline(__always)
func eachLine(
  in bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
) rethrows {
  var rest = bytes
  while let start = rest.baseAddress, !rest.isEmpty {
    let end = memchr(start, Int32(newline), rest.count).map { UnsafeRawPointer($0) - start }
    let count = end ?? rest.count
    try body(UnsafeRawBufferPointer(start: start, count: count))
    rest = UnsafeRawBufferPointer(rebasing: rest[min(count + 1, rest.count)...])
  }
}

/// The length of the first `count` lines with their newlines; `nil` when there are fewer.
func byteCount(ofLines count: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
  guard let start = bytes.baseAddress else { return count == 0 ? 0 : nil }
  var offset = 0
  for _ in 0..<count {
    guard let end = memchr(start + offset, Int32(newline), bytes.count - offset) else { return nil }
    offset = UnsafeRawPointer(end) - start + 1
  }
  return offset
}
