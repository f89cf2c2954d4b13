// SHA-256 of many short messages. A processor hashes several side by side in the time of one;
// libcrypto takes one after the other. Nothing is secret here, so neither has to take the
// same time for all messages.

internal import CHashBatch

extension SHA256 {
  /// Hashes messages that lie one behind the other, several at a time where the processor can.
  ///
  /// - Parameters:
  ///   - bytes: the messages, and nothing else.
  ///   - lengths: of each message, in bytes.
  ///   - digests: gets one for each message, at its end.
  public static func hash(
    _ bytes: UnsafeRawBufferPointer, lengths: [Int], into digests: inout [Digest]
  ) {
    precondition(lengths.reduce(0, +) == bytes.count, "each byte belongs to a message")
    guard !lengths.isEmpty else { return }
    let first = digests.count
    digests.append(contentsOf: repeatElement(.zero, count: lengths.count))
    let isDone = unsafe digests.withUnsafeMutableBytes { digests in
      unsafe lengths.withUnsafeBufferPointer { lengths in
        unsafe hash_batch_sha256(
          bytes.baseAddress, lengths.baseAddress, lengths.count,
          digests.baseAddress! + Digest.byteCount * first)
      }
    }
    if !isDone { unsafe hashOneByOne(bytes, lengths: lengths, into: &digests[first...]) }
  }

  /// What ``hash(_:lengths:into:)`` does where messages can only be hashed one after the other.
  package static func hashOneByOne(
    _ bytes: UnsafeRawBufferPointer, lengths: [Int], into digests: inout ArraySlice<Digest>
  ) {
    let hash = SHA256()
    var start = 0
    for (place, length) in zip(digests.indices, lengths) {
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
      digests[place] = hash.finish()
      start += length
    }
  }
}
