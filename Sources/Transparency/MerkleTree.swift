// Roots and proofs of a tree that is not in memory (RFC 6962, section 2.1). Leaf hashes come
// from the caller, since they follow from the lines; everything above is read from tiles.
//
// What must hold: a proof for one leaf reads one block of 256 leaves, one at the right edge, and at
// most two tiles of each level. Nothing here is trusted: a wrong tile gives a proof that does not
// verify.

public import Cryptography

/// A tree as it was stored at one size, and every smaller tree within it.
public struct MerkleTree: Sendable {
  /// The hashes of the leaves in a range, in order.
  public typealias LeafHashes = @Sendable (Range<UInt64>) throws -> [Digest]

  /// The number of leaves that the tiles were stored for.
  public let size: UInt64
  private let tiles: any TileStore
  private let leafHashes: LeafHashes

  /// - Parameters:
  ///   - size: what ``TileWriter/flush(to:)`` was last called at.
  ///   - tiles: where it wrote them.
  ///   - leafHashes: called for at most 256 leaves at a time, none at or beyond `size`.
  public init(size: UInt64, tiles: any TileStore, leafHashes: @escaping LeafHashes) {
    self.size = size
    self.tiles = tiles
    self.leafHashes = leafHashes
  }

  /// The root that the tree had at this size.
  ///
  /// - Throws: ``TransparencyError``, and what the source of leaf hashes throws.
  public func root(at size: UInt64) throws -> Digest {
    guard size <= self.size else {
      throw TransparencyError.noSuchTree(size: size, largest: self.size)
    }
    if size == 0 { return emptyRoot }
    return try reading().root(of: 0..<size)
  }

  /// The hashes that lead from a leaf to the root (RFC 6962, section 2.1.1).
  ///
  /// - Throws: ``TransparencyError``, and what the source of leaf hashes throws.
  public func inclusionProof(
    of index: UInt64, inTreeOf treeSize: UInt64
  ) throws -> InclusionProof {
    try inclusionProofs(of: [index], inTreeOf: treeSize)[0]
  }

  /// The proofs of several leaves, which read each tile once.
  ///
  /// - Throws: as ``inclusionProof(of:inTreeOf:)`` does.
  public func inclusionProofs(
    of indexes: [UInt64], inTreeOf treeSize: UInt64
  ) throws -> [InclusionProof] {
    guard treeSize <= size else {
      throw TransparencyError.noSuchTree(size: treeSize, largest: size)
    }
    let reading = reading()
    return try indexes.map { index in
      guard index < treeSize else {
        throw TransparencyError.noSuchLeaf(index: index, treeSize: treeSize)
      }
      return try inclusionProof(of: index, inTreeOf: treeSize, reading)
    }
  }

  private func inclusionProof(
    of index: UInt64, inTreeOf treeSize: UInt64, _ reading: TreeReading
  ) throws -> InclusionProof {
    var hashes: [Digest] = []
    var range = 0..<treeSize
    while range.count64 > 1 {
      let (left, right) = range.split
      hashes.append(try reading.root(of: left.contains(index) ? right : left))
      range = left.contains(index) ? left : right
    }
    return InclusionProof(index: index, treeSize: treeSize, hashes: hashes.reversed())
  }

  /// The hashes from which the roots of two sizes follow (RFC 6962, section 2.1.2).
  ///
  /// - Throws: ``TransparencyError``, also for a proof from a tree without leaves, and what the
  ///   source of leaf hashes throws.
  public func consistencyProof(
    from oldSize: UInt64, to newSize: UInt64
  ) throws -> ConsistencyProof {
    guard newSize <= size else { throw TransparencyError.noSuchTree(size: newSize, largest: size) }
    guard 0 < oldSize, oldSize <= newSize else {
      throw TransparencyError.noSuchTree(size: oldSize, largest: newSize)
    }
    let reading = reading()
    var hashes: [Digest] = []
    var range = 0..<newSize
    while range.upperBound != oldSize {
      let (left, right) = range.split
      let isLeft = oldSize <= left.upperBound
      hashes.append(try reading.root(of: isLeft ? right : left))
      range = isLeft ? left : right
    }
    // A verifier knows the root of the whole older tree, and not that of a part.
    if range.lowerBound > 0 { hashes.append(try reading.root(of: range)) }
    return ConsistencyProof(oldSize: oldSize, newSize: newSize, hashes: hashes.reversed())
  }

  private func reading() -> TreeReading {
    TreeReading(size: size, tiles: tiles, leafHashes: leafHashes)
  }
}

/// One proof's way through the tree, with the tiles it has read.
private final class TreeReading {
  private let size: UInt64
  private let tiles: any TileStore
  private let leafHashes: MerkleTree.LeafHashes
  private let hash = SHA256()
  private var known: [Tile: [Digest]] = [:]

  init(size: UInt64, tiles: any TileStore, leafHashes: @escaping MerkleTree.LeafHashes) {
    (self.size, self.tiles, self.leafHashes) = (size, tiles, leafHashes)
  }

  /// The root over a range as RFC 6962 splits it, so that each left part is a complete subtree.
  func root(of range: Range<UInt64>) throws -> Digest {
    if range.count64.nonzeroBitCount == 1 { return try completeRoot(of: range) }
    let (left, right) = range.split
    return nodeHash(try root(of: left), try root(of: right), using: hash)
  }

  private func completeRoot(of range: Range<UInt64>) throws -> Digest {
    let height = range.count64.trailingZeroBitCount
    let level = height / Int(Tile.height)
    let first = range.lowerBound >> (Tile.height * UInt64(level))
    let count = 1 << (height % Int(Tile.height))
    let hashes = try hashes(level: level, index: first / UInt64(Tile.fullWidth))
    let offset = Int(first % UInt64(Tile.fullWidth))
    return Transparency.completeRoot(hashes[offset..<offset + count], using: hash)
  }

  private func hashes(level: Int, index: UInt64) throws -> [Digest] {
    guard let tile = Tile(level: level, index: index, inTreeOf: size) else {
      preconditionFailure("the tree of \(size) has no tile \(index) of level \(level)")
    }
    if let hashes = known[tile] { return hashes }
    let hashes = try level == 0 ? leaves(of: tile) : stored(tile)
    known[tile] = hashes
    return hashes
  }

  private func leaves(of tile: Tile) throws -> [Digest] {
    let first = tile.index * UInt64(Tile.fullWidth)
    let hashes = try leafHashes(first..<first + UInt64(tile.width))
    guard hashes.count == tile.width else {
      throw TransparencyError.wrongLeafCount(expected: tile.width, found: hashes.count)
    }
    return hashes
  }

  private func stored(_ tile: Tile) throws(TransparencyError) -> [Digest] {
    if let bytes = try tiles.bytes(of: tile) { return try tile.hashes(from: bytes) }
    // It may have become full since.
    if !tile.isFull, let bytes = try tiles.bytes(of: tile.full) {
      return try tile.full.hashes(from: bytes)
    }
    throw .missingTile(path: tile.path, treeSize: size)
  }
}

extension Range<UInt64> {
  fileprivate var count64: UInt64 { upperBound - lowerBound }

  fileprivate var split: (left: Range<UInt64>, right: Range<UInt64>) {
    let middle = lowerBound + splitPoint(count64)
    return (lowerBound..<middle, middle..<upperBound)
  }
}
