// Makes the tiles above level 0 while a tree grows: 256 hashes of one level become one of the next.
//
// What must hold: `levels[l]` are the hashes of the rightmost tile of level l, fewer than 256 of them;
// what `flush` wrote at a size is all that a `MerkleTree` of that size reads.

public import Cryptography

/// A tree's tiles as they come into being.
public struct TileWriter: Sendable {
  /// The number of leaves.
  public private(set) var size: UInt64 = 0
  private var levels: [[Digest]] = [[]]
  /// Full tiles that were not written yet.
  private var completed: [(tile: Tile, hashes: [Digest])] = []

  /// A tree without leaves.
  public init() {}

  /// Goes on from the tiles that were flushed at some size.
  ///
  /// - Throws: ``TransparencyError/otherTiles(treeSize:)`` when the tiles do not lead to the head's
  ///   root, other ``TransparencyError``s, and what `leafHashes` throws. Tiles are derived, so whoever
  ///   sees one may begin with an empty writer and all leaves.
  public init(
    resumingAt head: TreeHead, tiles: some TileStore, leafHashes: MerkleTree.LeafHashes
  ) throws {
    size = head.size
    levels = []
    var entries = size
    for level in 0...Tile.lastLevel where level == 0 || entries > 0 {
      let width = Int(entries % UInt64(Tile.fullWidth))
      levels.append(
        try width == 0
          ? [] : TileWriter.edge(level, width, of: size, tiles: tiles, leafHashes: leafHashes))
      entries >>= Tile.height
    }
    guard root() == head.root else { throw TransparencyError.otherTiles(treeSize: size) }
  }

  private static func edge(
    _ level: Int, _ width: Int, of size: UInt64, tiles: some TileStore,
    leafHashes: MerkleTree.LeafHashes
  ) throws -> [Digest] {
    let index = size >> (Tile.height * UInt64(level + 1))
    if level == 0 {
      let hashes = try leafHashes(size - UInt64(width)..<size)
      guard hashes.count == width else {
        throw TransparencyError.wrongLeafCount(expected: width, found: hashes.count)
      }
      return hashes
    }
    let tile = Tile(level: level, index: index, width: width)
    if let bytes = try tiles.bytes(of: tile) { return try tile.hashes(from: bytes) }
    // Written at a larger size just before a crash.
    guard let bytes = try tiles.bytes(of: tile.full) else {
      throw TransparencyError.missingTile(path: tile.path, treeSize: size)
    }
    return Array(try tile.full.hashes(from: bytes)[..<width])
  }

  /// Adds the next leaf; one hash each on average.
  public mutating func append(_ leafHash: Digest, using hash: SHA256 = SHA256()) {
    levels[0].append(leafHash)
    size += 1
    var level = 0
    while levels[level].count == Tile.fullWidth {
      let hashes = levels[level]
      levels[level].removeAll(keepingCapacity: true)
      if level + 1 == levels.count { levels.append([]) }
      levels[level + 1].append(completeRoot(hashes[...], using: hash))
      if level > 0 {
        let index = size >> (Tile.height * UInt64(level + 1)) - 1
        completed.append((Tile(level: level, index: index), hashes))
      }
      level += 1
    }
  }

  /// Writes the tiles that became full and the partial ones at the right edge, all above level 0.
  ///
  /// - Throws: ``TransparencyError``; it may be called again.
  public mutating func flush(to tiles: some TileStore) throws(TransparencyError) {
    for (tile, hashes) in completed { try tiles.keep(Tile.bytes(of: hashes), as: tile) }
    for (level, hashes) in levels.enumerated().dropFirst() where !hashes.isEmpty {
      let index = size >> (Tile.height * UInt64(level + 1))
      let tile = Tile(level: level, index: index, width: hashes.count)
      if try tiles.bytes(of: tile) != Tile.bytes(of: hashes) {
        try tiles.keep(Tile.bytes(of: hashes), as: tile)
      }
    }
    for (tile, _) in completed { try tiles.removePartialTiles(of: tile) }
    completed = []
  }

  /// The root that the tiles lead to.
  public func root() -> Digest {
    let hash = SHA256()
    var root: Digest?
    for level in levels where !level.isEmpty {
      var rest = level[...]
      // Subtrees from the right: one for each bit of the count, the smallest first.
      while !rest.isEmpty {
        let count = 1 << rest.count.trailingZeroBitCount
        let node = completeRoot(rest.suffix(count), using: hash)
        root = root.map { nodeHash(node, $0, using: hash) } ?? node
        rest = rest.dropLast(count)
      }
    }
    return root ?? emptyRoot
  }
}
