// The chain value ties every line to all lines before it: SHA-256 over the value before and the
// leaf hashes of one commit's lines. Commits are folded, not frames, so merging frames changes
// nothing.

internal import Cryptography
internal import Transparency

/// Folds commits into the chain, reusing its hash contexts; one thread at a time.
final class ChainFolder {
  private let leaf = LeafHasher()
  private let fold = SHA256()

  /// Folds one commit: its lines are the first ones of these bytes.
  ///
  /// - Returns: the length of its lines with newlines; `nil`, and the chain as it was, when there
  ///   are fewer than events.
  func fold(
    _ chain: inout Digest, eventCount: Int, of bytes: UnsafeRawBufferPointer
  ) -> Int? {
    fold.update(chain)
    var end = 0
    for _ in 0..<eventCount {
      guard let count = byteCount(ofLines: 1, in: UnsafeRawBufferPointer(rebasing: bytes[end...]))
      else {
        _ = fold.finish()
        return nil
      }
      fold.update(
        leaf.leafHash(UnsafeRawBufferPointer(rebasing: bytes[end..<end + count - 1])))
      end += count
    }
    chain = fold.finish()
    return end
  }

  /// Folds one commit whose lines have these leaf hashes.
  func fold(_ chain: inout Digest, leafHashes: ArraySlice<Digest>) {
    fold.update(chain)
    leafHashes.withUnsafeBytes { fold.update($0) }
    chain = fold.finish()
  }
}
