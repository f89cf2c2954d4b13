// The right edge of a growing tree: one hash for each complete subtree, so for each bit of its
// size. Appending and the root need nothing else.
//
// What must hold: `nodes` has as many hashes as `size` has bits set, that of the largest subtree
// first.

public import Cryptography

/// A tree that only grows, in memory logarithmic to its size.
public struct CompactRange: Hashable, Sendable {
  /// The number of leaves.
  public private(set) var size: UInt64 = 0
  /// The roots of the complete subtrees, from the left and so the largest first.
  public private(set) var nodes: [Digest] = []

  /// A tree without leaves.
  public init() {}

  /// Resumes at a size from its nodes.
  ///
  /// - Returns: `nil` unless there is one node for each bit set in `size`.
  public init?(size: UInt64, nodes: [Digest]) {
    guard nodes.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.nodes = nodes
  }

  /// Adds the next leaf; one hash each on average.
  public mutating func append(_ leafHash: Digest, using hash: SHA256 = SHA256()) {
    var node = leafHash
    for _ in 0..<size.trailingOneBitCount {
      node = nodeHash(nodes.removeLast(), node, using: hash)
    }
    nodes.append(node)
    size += 1
  }

  /// The tree's root; as many hashes as there are nodes.
  public func root(using hash: SHA256 = SHA256()) -> Digest {
    guard var root = nodes.last else { return emptyRoot }
    for node in nodes.dropLast().reversed() { root = nodeHash(node, root, using: hash) }
    return root
  }

  /// The tree's size and root.
  public var head: TreeHead { TreeHead(size: size, root: root()) }
}

extension UInt64 {
  fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
