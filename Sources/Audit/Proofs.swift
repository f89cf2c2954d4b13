// Proofs on demand, and contradictions between the log and its checkpoints.
// What must hold: no proof is handed out that does not lead to a signed root.

import Cryptography
import EventLog
public import EventSourcing
import Foundation
import Synchronization
public import Transparency

extension CheckpointPublisher {
  /// A proof that an event is in the tenant's history, with the checkpoint that it leads to.
  ///
  /// - Throws: `TransparencyError` for a position that is not there or a damaged tile, and as
  ///   ``checkpoint(of:)`` does.
  public func proof(for position: Position, of tenant: TenantID) throws -> TlogProof {
    let note = try checkpoint(of: tenant)
    let head = try Checkpoint(text: note.text).head
    guard position.value < head.size else {
      throw TransparencyError.noSuchLeaf(index: position.value, treeSize: head.size)
    }
    let leaf = try leafHashes(of: tenant)(position.value..<position.value + 1)[0]
    let proofs = try inclusionProofs(of: [(position, leaf)], tenant, head)
    return TlogProof(proof: proofs[0], checkpoint: note)
  }

  /// The proofs that leaves are in a tree that was signed.
  ///
  /// - Throws: `TransparencyError` for a damaged tile.
  func inclusionProofs(
    of leaves: [(position: Position, hash: Digest)], _ tenant: TenantID, _ head: TreeHead
  ) throws -> [InclusionProof] {
    try trees.withLock { trees in
      let proofs = try storedTree(of: tenant, in: &trees)
        .inclusionProofs(of: leaves.map(\.position.value), inTreeOf: head.size)
      for (leaf, proof) in zip(leaves, proofs) {
        // A proof from a damaged tile leads to another root.
        guard try proof.root(leafHash: leaf.hash) == head.root else {
          throw TransparencyError.otherTiles(treeSize: head.size)
        }
      }
      return proofs
    }
  }

  /// A proof that the history of one size is the beginning of the history of another (RFC 6962,
  /// section 2.1.2).
  ///
  /// - Throws: `TransparencyError` for sizes that are out of order or beyond the history, or a
  ///   damaged tile, and as ``checkpoint(of:)`` does.
  public func consistency(
    from oldSize: UInt64, to newSize: UInt64, of tenant: TenantID
  ) throws -> ConsistencyProof {
    let head = try Checkpoint(text: try checkpoint(of: tenant).text).head
    return try trees.withLock { trees in
      let tree = try storedTree(of: tenant, in: &trees)
      let proof = try tree.consistencyProof(from: oldSize, to: newSize)
      let (oldRoot, newRoot) = (try tree.root(at: oldSize), try tree.root(at: newSize))
      let further = try tree.consistencyProof(from: newSize, to: head.size)
      // The last root was signed, so a path to it shows that the tiles are undamaged.
      do throws(ProofError) {
        try further.verify(oldRoot: newRoot, newRoot: head.root)
        try proof.verify(oldRoot: oldRoot, newRoot: newRoot)
      } catch { throw TransparencyError.otherTiles(treeSize: head.size) }
      return proof
    }
  }

  /// The tree with all its tiles: leaves may have been added since it was signed.
  private func storedTree(
    of tenant: TenantID, in trees: inout [TenantID: SignedTree]
  ) throws -> MerkleTree {
    var tree = try self.tree(of: tenant, in: &trees)
    try tree.writer.flush(to: tree.tiles)
    trees[tenant] = tree
    return merkleTree(tree, of: tenant)
  }

  /// The public keys that verify a tenant's checkpoints (C2SP signed-note).
  public func verifierKeys(of tenant: TenantID) -> [VerifierKey] {
    keys.verifierKeys(origin: "\(logName)/\(tenant)")
  }

  /// How the log contradicts its signed checkpoints, or why it cannot be compared with them: one
  /// error for each such tenant.
  ///
  /// A tenant that was signed and is not in the log at all is found as well. This compares sizes; a
  /// history of other events is found when it is about to be signed.
  public func contradictions() -> [any Error] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder + "/checkpoints")) ?? []
    let byDay = (try? DailyCheckpoints.tenants(in: folder)) ?? []
    let kept: [TenantID]
    do { kept = try notes?.tenants() ?? [] } catch { return [error] }
    return Set(names.compactMap { TenantID($0) } + byDay + kept).sorted().compactMap { tenant in
      do {
        let signer = signer(of: tenant)
        try restoreCheckpoint(
          of: tenant, signer, from: DailyCheckpoints(of: tenant, in: folder))
        let size = log.durableEnd(of: tenant).value
        guard let last = try signer.last()?.checkpoint.head, last.size > size else { return nil }
        return try trees.withLock { trees in
          var tree = try self.tree(of: tenant, in: &trees)
          try extend(&tree, of: tenant)
          throw CheckpointRefusal.rollback(
            origin: signer.origin, signed: last,
            offered: TreeHead(size: size, root: tree.writer.root()))
        }
      } catch { return error }
    }
  }
}
