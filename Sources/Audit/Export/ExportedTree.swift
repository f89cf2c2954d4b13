// The Merkle tree of the exported lines, in memory: 32 bytes for each event. It is the tenant's own
// tree (RFC 6962), so the checkpoints that the log signed hold for it.

import Cryptography
import EventSourcing
import Events
import Synchronization
import Transparency

/// A tree from which receipts and consistency proofs are made.
struct ExportedTree {
  let head: TreeHead
  let tree: MerkleTree

  init(_ leaves: [Digest]) throws {
    var writer = TileWriter()
    let hash = SHA256()
    let tiles = TilesInMemory()
    for leaf in leaves { writer.append(leaf, using: hash) }
    try writer.flush(to: tiles)
    head = TreeHead(size: writer.size, root: writer.root())
    tree = MerkleTree(size: writer.size, tiles: tiles) { range in
      Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
    }
  }

  /// Checks that this is the tree that was signed.
  func require(_ signed: TreeHead, of tenant: TenantID) throws(CheckpointMismatch) {
    guard head.size == signed.size else {
      throw CheckpointMismatch(
        tenant: tenant,
        reason: "\(signed.size) events were signed, and the log has \(head.size) up to there")
    }
    guard head.root == signed.root else {
      throw CheckpointMismatch(
        tenant: tenant,
        reason: "its first \(head.size) events have the root \(head.root), and \(signed.root) was "
          + "signed; events were changed")
    }
  }

  /// A refund's lines with their proofs.
  func events(
    _ lines: [RefundTable.Line], checkpoint: SignedNote
  ) throws -> [RefundReceipt.Event] {
    let proofs = try tree.inclusionProofs(of: lines.map(\.position.value), inTreeOf: head.size)
    return zip(lines, proofs).map { line, proof in
      RefundReceipt.Event(
        line: String(decoding: line.bytes, as: UTF8.self), schemaID: line.schemaID,
        proof: TlogProof(proof: proof, checkpoint: checkpoint))
    }
  }
}

/// Tiles that are not stored.
private final class TilesInMemory: TileStore {
  private let tiles = Mutex<[String: [UInt8]]>([:])

  func bytes(of tile: Tile) -> [UInt8]? { tiles.withLock { $0[tile.path] } }

  func keep(_ bytes: [UInt8], as tile: Tile) { tiles.withLock { $0[tile.path] = bytes } }

  func remove(_ tile: Tile) { tiles.withLock { $0[tile.path] = nil } }

  func removePartialTiles(of tile: Tile) {
    tiles.withLock { tiles in tiles = tiles.filter { !$0.key.hasPrefix(tile.partialFolder) } }
  }
}
