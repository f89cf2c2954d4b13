// Each tenant's tree beside the log: resumed from its tiles, brought up to the log's end, and read
// for proofs. Leaves are the hashes of the log's lines.

import Cryptography
package import EventLog
package import EventSourcing
import Synchronization
import Transparency

/// A tenant's tree in memory.
struct SignedTree: Sendable {
  var writer: TileWriter
  var signer: CheckpointSigner
  var daily: DailyCheckpoints
  var tiles: TileFolder
  /// The size of the last signed tree.
  var signedSize: UInt64
  /// The note of the last signed tree is kept outside, as far as this process has looked.
  var isKeptOutside = false
  var recent: RecentLeaves

  mutating func append(_ leaf: Digest, using hash: SHA256) {
    writer.append(leaf, using: hash)
    recent.append(leaf)
  }
}

extension CheckpointPublisher {
  func signer(of tenant: TenantID) -> CheckpointSigner {
    CheckpointSigner(
      logName: logName, tenant: tenant.rawValue, folder: folder + "/checkpoints", keys: keys)
  }

  /// The tree as it was stored, or a new one where no tiles fit.
  func tree(of tenant: TenantID, in trees: inout [TenantID: SignedTree]) throws -> SignedTree {
    if let tree = trees[tenant] { return tree }
    let signer = signer(of: tenant)
    let tiles = TileFolder(path: "\(folder)/tiles/\(tenant)")
    let daily = DailyCheckpoints(of: tenant, in: folder)
    try restoreCheckpoint(of: tenant, signer, from: daily)
    let last = try signer.last()?.checkpoint.head
    var writer = TileWriter()
    if let last, last.size <= log.durableEnd(of: tenant).value,
      let resumed = try? TileWriter(
        resumingAt: last, tiles: tiles, leafHashes: leafHashes(of: tenant)),
      try isEdge(of: resumed, inLogOf: tenant)
    {
      writer = resumed
    }
    let tree = SignedTree(
      writer: writer, signer: signer, daily: daily, tiles: tiles,
      signedSize: last?.size ?? 0,
      recent: RecentLeaves(at: writer))
    trees[tenant] = tree
    return tree
  }

  /// Whether a stored tree ends with the very line that the log has there. If not, the tree is made
  /// of the lines again, and comparing it with the last checkpoint shows which of the two is wrong.
  private func isEdge(of writer: TileWriter, inLogOf tenant: TenantID) throws -> Bool {
    guard let last = writer.edgeHashes.last else { return true }
    return try leafHashes(of: tenant)(writer.size - 1..<writer.size) == [last]
  }

  /// Adds to all trees what they lack of the commits below `end`, in the order of the log.
  ///
  /// - Parameter reader: where the last call ended; `nil` at first.
  package func catchUp(
    to end: Ordinal, reading reader: inout LogReader?, unless isTimeUp: () -> Bool = { false }
  ) throws {
    if reader == nil {
      let start = try log.tenants.compactMap { tenant in
        let size = try trees.withLock { try tree(of: tenant, in: &$0).writer.size }
        return try log.ordinalOfFrame(holding: Position(size), of: tenant)
      }.min()
      let new = try LogReader(folder: log.folder)
      try new.seek(to: start ?? end)
      reader = new
    }
    let hash = SHA256()
    let leaf = LeafHasher()
    try reader?.forEachCommit(upTo: end) { commit in
      try trees.withLock { trees in
        _ = try tree(of: commit.tenant, in: &trees)
        var position = commit.firstPosition.value
        commit.forEachLine { line in
          // A checkpoint on demand may have added the line already.
          if trees[commit.tenant]?.writer.size == position {
            trees[commit.tenant]?.append(leaf.leafHash(line), using: hash)
          }
          position += 1
        }
      }
      return !isTimeUp()
    }
  }

  /// Adds to one tree what it lacks of its tenant's durable events, and writes its tiles.
  func extend(_ tree: inout SignedTree, of tenant: TenantID) throws {
    let end = log.durableEnd(of: tenant)
    let start = Position(tree.writer.size)
    let hash = SHA256()
    let leaf = LeafHasher()
    try log.readEvents(of: tenant, in: start..<max(start, end)) { _, line in
      tree.append(leaf.leafHash(line), using: hash)
    }
    try tree.writer.flush(to: tree.tiles)
  }

  func merkleTree(_ tree: SignedTree, of tenant: TenantID) -> MerkleTree {
    let fromLog = leafHashes(of: tenant)
    return MerkleTree(size: tree.writer.size, tiles: tree.tiles) { [recent = tree.recent] range in
      try recent.hashes(in: range) ?? fromLog(range)
    }
  }

  func leafHashes(of tenant: TenantID) -> MerkleTree.LeafHashes {
    { [log] range in
      let leaf = LeafHasher()
      var hashes: [Digest] = []
      try log.readEvents(of: tenant, in: Position(range.lowerBound)..<Position(range.upperBound)) {
        hashes.append(leaf.leafHash($1))
      }
      return hashes
    }
  }
}
