// The chain value ties every line to all lines before it: SHA-256 over the value before and the leaf
// hashes of one commit's lines. Commits are folded, not frames, so merging frames changes nothing.

internal import Cryptography
internal import Transparency

/// Folds commits into the chain, reusing its hash contexts; one thread at a time.
final class ChainFolder {
  private let leaf = SHA256()
  private let fold = SHA256()

  /// The chain value after a commit with these lines.
  func fold(_ previous: Digest, lines: UnsafeRawBufferPointer) -> Digest {
    fold.update(previous)
    eachLine(in: lines) { fold.update(leafHash($0, using: leaf)) }
    return fold.finish()
  }
}
