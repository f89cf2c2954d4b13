// The leaf hashes of many lines at once, for checking a whole log. Each line's message begins with
// a zero byte and each line ends with a newline: a copy of the lines behind a zero, with zeros for
// the newlines, is all the messages, one behind the other.

public import Cryptography
internal import Glibc

/// As much as stays in a processor's nearer memory while it is copied and then hashed.
private let batchByteCount = 65_536

/// Hashes the first lines of these bytes into leaves, many at a time.
///
/// - Parameters:
///   - count: how many lines.
///   - bytes: begin with these lines, each with its newline.
///   - hashes: gets one for each line, at its end.
/// - Returns: the lines' length with newlines; `nil` when there are fewer.
public func leafHashes(
  ofLines count: Int, in bytes: UnsafeRawBufferPointer, into hashes: inout [Digest]
) -> Int? {
  hashes.reserveCapacity(hashes.count + count)
  var messages: [UInt8] = []
  messages.reserveCapacity(min(bytes.count, 2 * batchByteCount))
  var lengths: [Int] = []
  var left = count
  var begin = 0
  while left > 0 {
    var end = begin
    while left > 0, end - begin < batchByteCount {
      guard end < bytes.count else { return nil }
      let start = bytes.baseAddress! + end
      guard let newline = memchr(start, Int32(UInt8(ascii: "\n")), bytes.count - end) else {
        return nil
      }
      lengths.append(UnsafeRawPointer(newline) - start + 1)
      end += lengths.last!
      left -= 1
    }
    messages.append(0)
    messages.append(contentsOf: bytes[begin..<end - 1])
    var place = 0
    for length in lengths.dropLast() {
      place += length
      messages[place] = 0
    }
    messages.withUnsafeBytes { SHA256.hash($0, lengths: lengths, into: &hashes) }
    messages.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    begin = end
  }
  return begin
}
