// What the tests compare with: the tree as RFC 6962 defines it, tiles in memory, and random numbers
// that can be had again.

import Cryptography
import Foundation
import SeededRandom
import Synchronization
import Transparency

/// MTH of RFC 6962, section 2.1, word for word.
func naiveRoot(_ leafHashes: ArraySlice<Digest>) -> Digest {
  if leafHashes.isEmpty { return SHA256.hash([]) }
  if leafHashes.count == 1 { return leafHashes[leafHashes.startIndex] }
  var k = 1
  while 2 * k < leafHashes.count { k *= 2 }
  let left = naiveRoot(leafHashes.prefix(k))
  let right = naiveRoot(leafHashes.dropFirst(k))
  return SHA256.hash([0x01] + left.bytes + right.bytes)
}

/// Leaf hashes that all differ.
func sampleLeaves(_ count: Int) -> [Digest] {
  (0..<count).map { leafHash(Array("leaf \($0)".utf8)) }
}

func head(of leaves: ArraySlice<Digest>) -> TreeHead {
  var range = CompactRange()
  let hash = SHA256()
  for leaf in leaves { range.append(leaf, using: hash) }
  return range.head
}

/// Tiles in memory; counts what is read.
final class MemoryTiles: TileStore {
  private let state = Mutex((tiles: [String: [UInt8]](), readCount: 0))

  func bytes(of tile: Tile) -> [UInt8]? {
    state.withLock {
      $0.readCount += 1
      return $0.tiles[tile.path]
    }
  }

  func keep(_ bytes: [UInt8], as tile: Tile) { state.withLock { $0.tiles[tile.path] = bytes } }

  func remove(_ tile: Tile) { state.withLock { $0.tiles[tile.path] = nil } }

  func removePartialTiles(of tile: Tile) {
    state.withLock { state in
      state.tiles = state.tiles.filter { !$0.key.hasPrefix(tile.partialFolder) }
    }
  }

  var paths: [String] { state.withLock { $0.tiles.keys.sorted() } }
  var readCount: Int { state.withLock { $0.readCount } }

  /// Changes one byte of one tile.
  func damage(_ path: String) { state.withLock { $0.tiles[path]?[40] ^= 1 } }
}

/// A tree over leaves in memory with tiles in a store.
func tree(
  _ leaves: [Digest], tiles: some TileStore = MemoryTiles()
) throws -> MerkleTree {
  var writer = TileWriter()
  for leaf in leaves { writer.append(leaf) }
  try writer.flush(to: tiles)
  return MerkleTree(size: UInt64(leaves.count), tiles: tiles) { range in
    Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
  }
}

extension SplitMix64 {
  /// A generator whose printed seed repeats a test.
  init(_ test: String) {
    let seed =
      ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: 0...UInt64.max)
    print("\(test): SEED=\(seed)")
    self.init(seed: seed)
  }
}

/// A folder that goes when the last reference goes.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.path + "/transparency-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The files in it, relative to it.
  var files: [String] {
    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(path)/\($0)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }
}

extension Digest {
  func flipping(bit: Int) -> Digest {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return Digest(bytes) ?? .zero
  }
}

let sampleKey = Ed25519.PrivateKey(seed: Array(0..<32))!
let otherKey = Ed25519.PrivateKey(seed: Array(32..<64))!

/// Foundation's reading of Base64, not ours.
func base64(_ text: String) -> [UInt8] { [UInt8](Data(base64Encoded: text) ?? Data()) }
