// Keeps each tenant's Merkle tree beside the log and signs what it has come to. Tiles are derived;
// a signed checkpoint is a promise. What must hold: only durable events are in a tree, tiles are on
// the disk before a checkpoint names them, the log is read once for all tenants and not once for
// each, and a tree that does not extend the last checkpoint is never signed (RFC 6962, section
// 2.1.2), which a restored old copy of the folder would ask for.

import Cryptography
public import EventLog
public import EventSourcing
import Foundation
import Synchronization
public import Transparency

/// The trees of all tenants of a log.
public final class TreeKeeper: Sendable {
  private struct Tree {
    var writer: TileWriter
    var signer: CheckpointSigner
    var tiles: TileFolder
    /// What the last checkpoint was signed over.
    var signedSize: UInt64
    var recent: RecentLeaves

    mutating func append(_ leaf: Digest, using hash: SHA256) {
      writer.append(leaf, using: hash)
      recent.append(leaf)
    }
  }

  private let log: EventLog
  private let folder: String
  let logName: String
  let keys: CheckpointKeys
  private let trees = Mutex<[TenantID: Tree]>([:])
  private let isStopping = Atomic(false)
  private let isWoken = Atomic(false)
  private let isRunning = Mutex(false)
  private let stopped = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - log: the log whose events are the leaves.
  ///   - folder: the log's folder; `checkpoints` and `tiles` are kept below it.
  ///   - logName: the first part of every origin, `<log name>/<tenant>`.
  public init(log: EventLog, folder: String, logName: String, keys: CheckpointKeys) {
    self.log = log
    self.folder = folder
    self.logName = logName
    self.keys = keys
  }

  // MARK: Promises kept

  /// What the log contradicts of what was signed before, tenant by tenant; empty if nothing.
  ///
  /// A tenant that was signed and is not in the log at all is found as well. This compares sizes; a
  /// history of other events is found when it is about to be signed.
  public func contradictions() -> [String] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder + "/checkpoints")) ?? []
    return names.sorted().compactMap { name in
      guard let tenant = TenantID(name) else { return nil }
      do {
        let signer = signer(of: tenant)
        let size = log.durableEnd(of: tenant).value
        guard let last = try signer.last()?.checkpoint.head, last.size > size else { return nil }
        return try trees.withLock { trees in
          var tree = try self.tree(of: tenant, in: &trees)
          try extend(&tree, of: tenant)
          throw CheckpointRefusal.rollback(
            origin: signer.origin, signed: last,
            offered: TreeHead(size: size, root: tree.writer.root()))
        }
      } catch {
        return String(describing: error)
      }
    }
  }

  // MARK: Signing

  /// Brings a tenant's tree up to its last durable event and signs it.
  ///
  /// - Throws: `CheckpointRefusal`, and whatever kept the tree from being read or written.
  public func checkpoint(of tenant: TenantID) throws -> SignedNote {
    try trees.withLock { trees in
      var tree = try self.tree(of: tenant, in: &trees)
      defer { trees[tenant] = tree }
      try extend(&tree, of: tenant)
      let head = TreeHead(size: tree.writer.size, root: tree.writer.root())
      let note = try tree.signer.sign(head, of: self.merkleTree(tree, of: tenant))
      tree.signedSize = head.size
      tree.recent.noteSigning(at: head.size)
      return note
    }
  }

  /// Signs every tenant's tree that has grown, now and then, until ``stop()``; once more at the
  /// end.
  ///
  /// - Parameter onRefusal: told when a tree could not be signed.
  public func start(
    every interval: Duration = .seconds(10), onRefusal: @escaping @Sendable (any Error) -> Void
  ) {
    isRunning.withLock { $0 = true }
    let thread = Thread {
      var end = Ordinal.first
      var reader: LogReader?
      while true {
        let isLast = self.isStopping.load(ordering: .acquiring)
        if self.log.durableEnd > end || isLast {
          end = self.log.durableEnd
          let deadline = isLast ? ContinuousClock.now + TreeKeeper.farewellTime : nil
          // What is not signed at the end will be after the next start.
          let isTimeUp = {
            deadline.map { ContinuousClock.now > $0 } ?? self.isStopping.load(ordering: .acquiring)
          }
          do { try self.catchUp(to: end, reading: &reader, unless: isTimeUp) } catch {
            onRefusal(error)
          }
          for tenant in self.log.tenants {
            if isTimeUp() { break }
            do { try self.signIfGrown(tenant) } catch { onRefusal(error) }
          }
        }
        if isLast { break }
        self.sleep(interval)
      }
      self.stopped.signal()
    }
    thread.name = "redress.trees"
    thread.start()
  }

  /// Signs what has grown now instead of after the interval.
  public func wake() { isWoken.store(true, ordering: .releasing) }

  public func stop() {
    isStopping.store(true, ordering: .releasing)
    if isRunning.withLock({ $0 }) { stopped.wait() }
  }

  private func sleep(_ interval: Duration) {
    let end = ContinuousClock.now + interval
    while ContinuousClock.now < end, !isStopping.load(ordering: .acquiring),
      !isWoken.exchange(false, ordering: .acquiringAndReleasing)
    {
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  private func signIfGrown(_ tenant: TenantID) throws {
    let isCurrent = trees.withLock { trees in
      trees[tenant].map { $0.signedSize == log.durableEnd(of: tenant).value } ?? false
    }
    if !isCurrent { _ = try checkpoint(of: tenant) }
  }

  /// How long signing may hold up the end.
  private static let farewellTime = Duration.seconds(5)

  // MARK: Proving

  /// A proof that an event is in the tenant's history; it stands alone.
  ///
  /// - Throws: `TransparencyError` for a position that is not there, and as ``checkpoint(of:)``
  ///   does.
  public func receipt(for position: Position, of tenant: TenantID) throws -> Receipt {
    let note = try checkpoint(of: tenant)
    return try trees.withLock { trees in
      let tree = try self.tree(of: tenant, in: &trees)
      let head = try Checkpoint(text: note.text).head
      let proof = try merkleTree(tree, of: tenant)
        .inclusionProof(of: position.value, inTreeOf: head.size)
      // A tile that was damaged leads elsewhere, and whoever gets the proof could only distrust the
      // log.
      let leaf = try leafHashes(of: tenant)(position.value..<position.value + 1)
      guard try proof.root(leafHash: leaf[0]) == head.root else {
        throw TransparencyError.otherTiles(treeSize: head.size)
      }
      return Receipt(proof: proof, checkpoint: note)
    }
  }

  /// A proof that the history of one size is the beginning of the history of another.
  public func consistency(
    from oldSize: UInt64, to newSize: UInt64, of tenant: TenantID
  ) throws -> ConsistencyProof {
    let head = try Checkpoint(text: try checkpoint(of: tenant).text).head
    return try trees.withLock { trees in
      let tree = merkleTree(try self.tree(of: tenant, in: &trees), of: tenant)
      let proof = try tree.consistencyProof(from: oldSize, to: newSize)
      let (oldRoot, newRoot) = (try tree.root(at: oldSize), try tree.root(at: newSize))
      let further = try tree.consistencyProof(from: newSize, to: head.size)
      // The last root was signed, so it tells whether the tiles can be believed.
      do throws(ProofError) {
        try further.verify(oldRoot: newRoot, newRoot: head.root)
        try proof.verify(oldRoot: oldRoot, newRoot: newRoot)
      } catch { throw TransparencyError.otherTiles(treeSize: head.size) }
      return proof
    }
  }

  /// What verifies a tenant's checkpoints.
  public func verifierKeys(of tenant: TenantID) -> [VerifierKey] {
    keys.verifierKeys(origin: "\(logName)/\(tenant)")
  }

  // MARK: Trees

  private func signer(of tenant: TenantID) -> CheckpointSigner {
    CheckpointSigner(
      logName: logName, tenant: tenant.rawValue, folder: folder + "/checkpoints", keys: keys)
  }

  /// The tree as it was kept, or begun anew where there are no tiles that fit.
  private func tree(of tenant: TenantID, in trees: inout [TenantID: Tree]) throws -> Tree {
    if let tree = trees[tenant] { return tree }
    let signer = signer(of: tenant)
    let tiles = TileFolder(path: "\(folder)/tiles/\(tenant)")
    let last = try signer.last()?.checkpoint.head
    var writer = TileWriter()
    if let last, last.size <= log.durableEnd(of: tenant).value,
      let resumed = try? TileWriter(
        resumingAt: last, tiles: tiles, leafHashes: leafHashes(of: tenant)),
      try isEdge(of: resumed, inLogOf: tenant)
    {
      writer = resumed
    }
    let tree = Tree(
      writer: writer, signer: signer, tiles: tiles, signedSize: last?.size ?? 0,
      recent: RecentLeaves(at: writer))
    trees[tenant] = tree
    return tree
  }

  /// Whether a tree that was kept ends with the very line that the log has there. If not, the tree
  /// is made of the lines anew, and what was signed tells whose fault it is.
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
          // Somebody who asked for a checkpoint may have come first.
          if trees[commit.tenant]!.writer.size == position {
            trees[commit.tenant]!.append(leaf.leafHash(line), using: hash)
          }
          position += 1
        }
      }
      return !isTimeUp()
    }
  }

  private func extend(_ tree: inout Tree, of tenant: TenantID) throws {
    let end = log.durableEnd(of: tenant)
    let start = Position(tree.writer.size)
    let hash = SHA256()
    let leaf = LeafHasher()
    try log.readEvents(of: tenant, in: start..<max(start, end)) { _, line in
      tree.append(leaf.leafHash(line), using: hash)
    }
    try tree.writer.flush(to: tree.tiles)
  }

  private func merkleTree(_ tree: Tree, of tenant: TenantID) -> MerkleTree {
    let fromLog = leafHashes(of: tenant)
    return MerkleTree(size: tree.writer.size, tiles: tree.tiles) { [recent = tree.recent] range in
      try recent.hashes(in: range) ?? fromLog(range)
    }
  }

  private func leafHashes(of tenant: TenantID) -> MerkleTree.LeafHashes {
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
