// Makes the tiles above level 0 while a tree grows: 256 hashes of one level become one of the next.
// Of level 0 only the right edge is stored, so that resuming needs no leaf: those of one tenant may
// lie far apart in a log of many.
//
// What must hold: `levels[l]` are the hashes of the rightmost tile of level l, fewer than 256 of
// them; what `flush` wrote at a size is all that a `MerkleTree` of that size reads.

public import Cryptography

/// Builds a tree's tiles, leaf by leaf.
public struct TileWriter: Sendable {
  /// The number of leaves.
  public private(set) var size: UInt64 = 0
  private var levels: [[Digest]] = [[]]
  /// Full tiles that were not written yet.
  private var completed: [(tile: Tile, hashes: [Digest])] = []
  /// The partial tiles of level 0 that are kept: that of the last flush, and the one before it,
  /// which a checkpoint may still name.
  private var edges: [Tile] = []
  /// Tiles of level 0 that became full since the last flush.
  private var fullLeafTiles: [Tile] = []

  /// A tree without leaves.
  public init() {}

  /// Resumes from the tiles that were flushed at some size.
  ///
  /// - Throws: ``TransparencyError/otherTiles(treeSize:)`` when the tiles do not lead to the head's
  ///   root, other ``TransparencyError``s, and what `leafHashes` throws. Tiles are derived, so
  ///   after such an error an empty writer can take all leaves again.
  public init(
    resumingAt head: TreeHead, tiles: some TileStore, leafHashes: MerkleTree.LeafHashes
  ) throws {
    if let kept = try? TileWriter(
      head, tiles: tiles,
      leafHashes: { range in
        let tile = Tile(level: 0, index: range.lowerBound >> Tile.height, width: range.count)
        return try tiles.bytes(of: tile).map { try tile.hashes(from: $0) } ?? []
      })
    {
      self = kept
    } else {
      try self.init(head, tiles: tiles, leafHashes: leafHashes)
    }
  }

  private init(
    _ head: TreeHead, tiles: some TileStore, leafHashes: MerkleTree.LeafHashes
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
    edges = edge.map { [$0] } ?? []
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
      let index = size >> (Tile.height * UInt64(level + 1)) - 1
      if level == 0 {
        fullLeafTiles.append(Tile(level: 0, index: index))
      } else {
        completed.append((Tile(level: level, index: index), hashes))
      }
      level += 1
    }
  }

  /// The hashes of the leaves after the last full tile of level 0, fewer than 256.
  public var edgeHashes: [Digest] { levels[0] }

  /// The partial tile at the right edge of level 0.
  private var edge: Tile? {
    levels[0].isEmpty
      ? nil : Tile(level: 0, index: size >> Tile.height, width: levels[0].count)
  }

  /// Writes the tiles above level 0 that became full, and the partial ones at the right edge.
  ///
  /// - Throws: ``TransparencyError``; it may be called again.
  public mutating func flush(to tiles: some TileStore) throws(TransparencyError) {
    for (tile, hashes) in completed { try tiles.keep(Tile.bytes(of: hashes), as: tile) }
    for (level, hashes) in levels.enumerated() where !hashes.isEmpty {
      let index = size >> (Tile.height * UInt64(level + 1))
      let tile = Tile(level: level, index: index, width: hashes.count)
      if try tiles.bytes(of: tile) != Tile.bytes(of: hashes) {
        try tiles.keep(Tile.bytes(of: hashes), as: tile)
      }
    }
    for (tile, _) in completed { try tiles.removePartialTiles(of: tile) }
    completed = []
    try forgetEdges(in: tiles)
  }

  /// Keeps the partial tile that was just written and the one before it, if that is of the same
  /// full tile; what a crash leaves goes when the tile is full.
  private mutating func forgetEdges(in tiles: some TileStore) throws(TransparencyError) {
    for tile in fullLeafTiles { try tiles.removePartialTiles(of: tile) }
    fullLeafTiles = []
    edges.removeAll { $0.index != size >> Tile.height }
    if let edge, edge != edges.last { edges.append(edge) }
    if edges.count > 2 { try tiles.remove(edges.removeFirst()) }
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
