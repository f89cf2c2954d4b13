// The tree's shape: known roots, the compact range, and roots of earlier sizes out of tiles.

import Cryptography
import Foundation
import Testing
import Transparency

/// Leaves and roots that implementations of Certificate Transparency have in common.
private let knownLeaves: [[UInt8]] = [
  [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
  Array(0x50...0x57), Array(0x60...0x6f),
]
private let knownRoots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

struct `Leaves` {
  @Test func `hashed many at once are those hashed alone`() {
    let lines = (0..<2_000).map { Array(String(repeating: "x\($0)", count: $0 % 41).utf8) } + [[]]
    let bytes = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    let alone = lines.map { leafHash($0) }
    var hashes: [Digest] = []
    #expect(bytes.withUnsafeBytes { leafHashes(ofLines: 0, in: $0, into: &hashes) } == 0)
    #expect(bytes.withUnsafeBytes { leafHashes(ofLines: 3, in: $0, into: &hashes) } == 1 + 3 + 5)
    #expect(hashes == Array(alone[..<3]))
    let all = bytes.withUnsafeBytes { leafHashes(ofLines: lines.count, in: $0, into: &hashes) }
    #expect(all == bytes.count)
    #expect(hashes == alone[..<3] + alone)
  }

  @Test func `of lines that are not there are refused`() {
    for bytes in [[], [UInt8(ascii: "a")], Array("a\nb".utf8)] {
      var hashes: [Digest] = []
      #expect(bytes.withUnsafeBytes { leafHashes(ofLines: 2, in: $0, into: &hashes) } == nil)
    }
  }
}

struct `A tree` {
  @Test func `has the roots of Certificate Transparency's test vectors`() throws {
    #expect(
      emptyRoot.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let leaves = knownLeaves.map { leafHash($0) }
    for (index, root) in knownRoots.enumerated() {
      #expect(head(of: leaves[...index]).root.description == root)
      #expect(try tree(leaves).root(at: UInt64(index + 1)).description == root)
    }
  }

  @Test func `has the root that RFC 6962 defines, at every size, appended leaf by leaf`() throws {
    let leaves = sampleLeaves(600)
    var range = CompactRange()
    var writer = TileWriter()
    for size in 0...leaves.count {
      let expected = naiveRoot(leaves[..<size])
      #expect(range.root() == expected, "size \(size)")
      #expect(writer.root() == expected, "size \(size)")
      #expect(range.size == UInt64(size))
      #expect(range.nodes.count == size.nonzeroBitCount)
      #expect(CompactRange(size: range.size, nodes: range.nodes) == range)
      #expect(CompactRange(size: range.size + 2, nodes: range.nodes + [.zero, .zero]) == nil)
      if size < leaves.count {
        range.append(leaves[size])
        writer.append(leaves[size])
      }
    }
  }

  @Test func `has every earlier root in the tiles of its last size`() throws {
    let leaves = sampleLeaves(600)
    let tree = try tree(leaves)
    for size in 0...leaves.count {
      #expect(try tree.root(at: UInt64(size)) == naiveRoot(leaves[..<size]), "size \(size)")
    }
    #expect(throws: TransparencyError.noSuchTree(size: 601, largest: 600)) {
      try tree.root(at: 601)
    }
    #expect(throws: TransparencyError.noSuchLeaf(index: 7, treeSize: 7)) {
      try tree.inclusionProof(of: 7, inTreeOf: 7)
    }
    #expect(throws: TransparencyError.noSuchTree(size: 0, largest: 7)) {
      try tree.consistencyProof(from: 0, to: 7)
    }
  }

  @Test func `of ten million leaves gives proofs out of few tiles`() throws {
    let size: UInt64 = 10_000_000
    let tiles = EqualTiles()
    let tree = MerkleTree(size: size, tiles: tiles) { range in
      tiles.inner.readCountOnly()
      return Array(repeating: EqualTiles.leaf, count: Int(range.upperBound - range.lowerBound))
    }
    let root = try tree.root(at: size)
    for index in [0, 255, 256, 65_535, 65_536, 4_999_999, 8_388_607, 8_388_608, size - 1] {
      let before = tiles.inner.readCount
      let proof = try tree.inclusionProof(of: index, inTreeOf: size)
      #expect(tiles.inner.readCount - before <= 6)
      #expect(throws: Never.self) {
        try proof.verify(leafHash: EqualTiles.leaf, root: root)
      }
    }
    for old in [1, 255, 257, 65_537, 5_000_000, size - 1] {
      let before = tiles.inner.readCount
      let proof = try tree.consistencyProof(from: old, to: size)
      #expect(tiles.inner.readCount - before <= 8)
      let oldRoot = try tree.root(at: old)
      #expect(throws: Never.self) { try proof.verify(oldRoot: oldRoot, newRoot: root) }
    }
  }
}

/// The tiles of any tree whose leaves are all the same, which need not be kept.
private struct EqualTiles: TileStore {
  static let leaf = leafHash(Array("the same".utf8))
  /// By height, the root of a complete subtree.
  private static let roots: [Digest] = (0..<64).reduce(into: [leaf]) { roots, height in
    roots.append(nodeHash(roots[height], roots[height], using: SHA256()))
  }
  let inner = ReadCount()

  func bytes(of tile: Tile) -> [UInt8]? {
    inner.readCountOnly()
    return (0..<tile.width).flatMap { _ in EqualTiles.roots[8 * tile.level].bytes }
  }

  func keep(_ bytes: [UInt8], as tile: Tile) { Issue.record("nothing is to be written") }
  func remove(_ tile: Tile) { Issue.record("nothing is to be removed") }
  func removePartialTiles(of tile: Tile) { Issue.record("nothing is to be removed") }
}

private final class ReadCount: Sendable {
  private let tiles = MemoryTiles()
  func readCountOnly() { _ = tiles.bytes(of: Tile(level: 0, index: 0)) }
  var readCount: Int { tiles.readCount }
}
