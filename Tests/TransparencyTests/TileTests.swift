// Tiles as C2SP tlog-tiles lays them out, in memory and as files.

import Cryptography
import Foundation
import SeededRandom
import Testing
import Transparency

struct `A tile` {
  @Test(arguments: [
    (Tile(level: 0, index: 0), "tile/0/000"), (Tile(level: 1, index: 5), "tile/1/005"),
    (Tile(level: 1, index: 1_234_067), "tile/1/x001/x234/067"),
    (Tile(level: 3, index: 1000, width: 1), "tile/3/x001/000.p/1"),
    (Tile(level: 7, index: 999, width: 255), "tile/7/999.p/255"),
  ])
  func `has one path`(tile: Tile, path: String) {
    #expect(tile.path == path)
    #expect(Tile(path: path) == tile)
  }

  @Test(arguments: [
    "", "tile", "tile/0", "tile/8/000", "tile/00/000", "tile/0/0", "tile/0/0000", "tile/0/x000/001",
    "tile/0/001/002", "tile/0/x001", "tile/0/000.p", "tile/0/000.p/0", "tile/0/000.p/256",
    "tile/0/000.p/01", "tile/0/x00x/001", "tile/-1/000", "tile/+1/000", "/tile/0/000",
    "tile/0/000/", "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/entries/000",
  ])
  func `has no other path`(path: String) {
    #expect(Tile(path: path) == nil)
  }

  @Test func `is as wide as the tree of its time makes it`() {
    // The examples of tlog-tiles.
    #expect(Tile(level: 0, index: 272, inTreeOf: 70_000)?.width == 256)
    #expect(Tile(level: 0, index: 273, inTreeOf: 70_000)?.width == 112)
    #expect(Tile(level: 0, index: 274, inTreeOf: 70_000) == nil)
    #expect(Tile(level: 1, index: 0, inTreeOf: 70_000)?.isFull == true)
    #expect(Tile(level: 1, index: 1, inTreeOf: 70_000)?.width == 17)
    #expect(Tile(level: 2, index: 0, inTreeOf: 70_000)?.width == 1)
    #expect(Tile(level: 3, index: 0, inTreeOf: 70_000) == nil)
    #expect(Tile(level: 0, index: 0, inTreeOf: 256)?.isFull == true)
    #expect(Tile(level: 1, index: 0, inTreeOf: 256)?.width == 1)
    #expect(Tile(level: 1, index: .max, inTreeOf: .max) == nil)
  }
}

struct `A tree's tiles` {
  private static let leaves = sampleLeaves(66_500)

  @Test func `lead to the same roots and proofs, whenever they were flushed and resumed`() throws {
    var random = SplitMix64("tiles")
    let leaves = Self.leaves
    let folder = try TemporaryFolder()
    let tiles = TileFolder(path: folder.path + "/acme")
    var writer = TileWriter()
    var range = CompactRange()
    var earlier: [TreeHead] = []
    let hash = SHA256()
    while writer.size < leaves.count {
      let target = min(writer.size + UInt64.random(in: 1...4000, using: &random), 66_500)
      for index in writer.size..<target {
        writer.append(leaves[Int(index)], using: hash)
        range.append(leaves[Int(index)], using: hash)
      }
      try writer.flush(to: tiles)
      if Bool.random(using: &random) {
        writer = try TileWriter(resumingAt: range.head, tiles: tiles) { Self.hashes($0) }
      }
      earlier.append(range.head)
      let tree = MerkleTree(size: target, tiles: tiles) { Self.hashes($0) }
      #expect(try tree.root(at: target) == range.root())
      let old = earlier.randomElement(using: &random) ?? range.head
      #expect(try tree.root(at: old.size) == old.root)
      try tree.consistencyProof(from: old.size, to: target)
        .verify(oldRoot: old.root, newRoot: range.root())
      let index = UInt64.random(in: 0..<old.size, using: &random)
      try tree.inclusionProof(of: index, inTreeOf: old.size)
        .verify(leafHash: leaves[Int(index)], root: old.root)
    }
    // Of level 0 only the edge, no partial tile of what became full, no unfinished file.
    let files = folder.files
    #expect(files.contains("acme/tile/1/000"))
    #expect(files.contains("acme/tile/1/001.p/3") && files.contains("acme/tile/2/000.p/1"))
    let expected = [
      "acme/tile/0/259.p/", "acme/tile/1/000", "acme/tile/1/001.p/", "acme/tile/2/000.p/",
    ]
    #expect(files.allSatisfy { file in expected.contains { file.hasPrefix($0) } }, "\(files)")
    #expect(try folder.read("acme/tile/1/000").count == 8192)
  }

  @Test func `hold the hashes that the layout says`() throws {
    let tiles = MemoryTiles()
    let leaves = Array(Self.leaves[..<1000])
    _ = try tree(leaves, tiles: tiles)
    #expect(tiles.paths == ["tile/0/003.p/232", "tile/1/000.p/3"])
    let expected = [0, 256, 512].flatMap { naiveRoot(leaves[$0..<$0 + 256]).bytes }
    #expect(tiles.bytes(of: Tile(level: 1, index: 0, width: 3)) == expected)
  }

  @Test func `are all that it takes to go on`() throws {
    struct Called: Error {}
    let tiles = MemoryTiles()
    let leaves = Array(Self.leaves[..<1000])
    _ = try tree(leaves, tiles: tiles)
    var writer = try TileWriter(resumingAt: head(of: leaves[...]), tiles: tiles) { _ in
      throw Called()
    }
    writer.append(Self.leaves[1000])
    #expect(writer.root() == naiveRoot(Self.leaves[..<1001]))
    // The edge is derived as well: damaged or lost, it is made of the leaves.
    tiles.damage("tile/0/003.p/232")
    let again = try TileWriter(resumingAt: head(of: leaves[...]), tiles: tiles) { Self.hashes($0) }
    #expect(again.root() == naiveRoot(leaves[...]))
  }

  @Test func `that were damaged or lost are noticed`() throws {
    let tiles = MemoryTiles()
    let leaves = Array(Self.leaves[..<1000])
    let tree = try tree(leaves, tiles: tiles)
    tiles.damage("tile/1/000.p/3")
    #expect(throws: TransparencyError.otherTiles(treeSize: 1000)) {
      try TileWriter(resumingAt: head(of: leaves[...]), tiles: tiles) { Self.hashes($0) }
    }
    #expect(try tree.root(at: 1000) != naiveRoot(leaves[...]))
    tiles.keep([1, 2, 3], as: Tile(level: 1, index: 0, width: 3))
    #expect(
      throws: TransparencyError.malformedTile(path: "tile/1/000.p/3", byteCount: 3, expected: 96)
    ) { try tree.root(at: 1000) }
    let empty = MerkleTree(size: 1000, tiles: MemoryTiles()) { Self.hashes($0) }
    #expect(throws: TransparencyError.missingTile(path: "tile/1/000.p/3", treeSize: 1000)) {
      try empty.root(at: 1000)
    }
    #expect(try empty.root(at: 255) == naiveRoot(leaves[..<255]))
    let short = MerkleTree(size: 9, tiles: MemoryTiles()) { _ in [] }
    #expect(throws: TransparencyError.wrongLeafCount(expected: 9, found: 0)) {
      try short.root(at: 9)
    }
  }

  private static func hashes(_ range: Range<UInt64>) -> [Digest] {
    #expect(range.count <= 256)
    return Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
  }
}
