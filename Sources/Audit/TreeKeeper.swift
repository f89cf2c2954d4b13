// Keeps each tenant's Merkle tree beside the log and signs what it has come to. Tiles are derived; a
// signed checkpoint is a promise. What must hold: only durable events are in a tree, tiles are on the
// disk before a checkpoint names them, and a tree that does not extend the last checkpoint is never
// signed (RFC 6962, section 2.1.2), which a restored old copy of the folder would ask for.

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
  }

  private let log: EventLog
  private let folder: String
  private let logName: String
  private let keys: CheckpointKeys
  private let trees = Mutex<[TenantID: Tree]>([:])
  private let isStopping = Atomic(false)
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
  /// A tenant that was signed and is not in the log at all is found as well.
  public func contradictions() -> [String] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: folder + "/checkpoints")) ?? []
    return names.sorted().compactMap { name in
      guard let tenant = TenantID(name) else { return nil }
      do {
        try trees.withLock { trees in
          let tree = try self.tree(of: tenant, in: &trees)
          let size = log.durableEnd(of: tenant).value
          guard let last = try tree.signer.last(), last.checkpoint.head.size > size else { return }
          throw CheckpointRefusal.rollback(
            origin: tree.signer.origin, signed: last.checkpoint.head,
            offered: TreeHead(size: size, root: tree.writer.root()))
        }
        return nil
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
      try extend(&tree, of: tenant)
      trees[tenant] = tree
      let head = TreeHead(size: tree.writer.size, root: tree.writer.root())
      return try tree.signer.sign(head, of: self.merkleTree(tree, of: tenant))
    }
  }

  /// Signs every tenant's tree that has grown, now and then, until ``stop()``; once more at the end.
  ///
  /// - Parameter onRefusal: told when a tree could not be signed.
  public func start(
    every interval: Duration = .seconds(10), onRefusal: @escaping @Sendable (any Error) -> Void
  ) {
    isRunning.withLock { $0 = true }
    let thread = Thread {
      var end = Ordinal.first
      while true {
        let isLast = self.isStopping.load(ordering: .acquiring)
        if self.log.durableEnd > end {
          end = self.log.durableEnd
          do { try self.catchUp(to: end) } catch { onRefusal(error) }
          let deadline = isLast ? ContinuousClock.now + TreeKeeper.farewellTime : nil
          for tenant in self.log.tenants {
            // What is not signed now will be after the next start.
            if let deadline, ContinuousClock.now > deadline { break }
            if !isLast && self.isStopping.load(ordering: .acquiring) { break }
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

  public func stop() {
    isStopping.store(true, ordering: .releasing)
    if isRunning.withLock({ $0 }) { stopped.wait() }
  }

  private func sleep(_ interval: Duration) {
    let end = ContinuousClock.now + interval
    while ContinuousClock.now < end, !isStopping.load(ordering: .acquiring) {
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  private func signIfGrown(_ tenant: TenantID) throws {
    let isCurrent = trees.withLock { trees in
      trees[tenant].map { $0.writer.size == log.durableEnd(of: tenant).value } ?? false
    }
    if !isCurrent { _ = try checkpoint(of: tenant) }
  }

  /// How long signing may hold up the end.
  private static let farewellTime = Duration.seconds(5)

  /// Above this many events trees are brought up together.
  package static let jointEventCount: UInt64 = 50_000
  private static let stepCommitCount = 2_000

  /// Brings the trees of all tenants up in one pass over the log, if much is missing: for each tenant
  /// alone, frames would be read as often as there are tenants in them.
  ///
  /// - Parameter jointEventCount: how many events are much.
  package func catchUp(
    to end: Ordinal, jointEventCount: UInt64 = TreeKeeper.jointEventCount
  ) throws {
    guard let start = try startOfMuch(jointEventCount, before: end) else { return }
    let reader = try LogReader(folder: folder)
    try reader.seek(to: start)
    while reader.ordinal < end, !isStopping.load(ordering: .acquiring) {
      let next = min(end, reader.ordinal.advanced(by: TreeKeeper.stepCommitCount))
      // Others may ask for a tree between two steps.
      try trees.withLock { trees in try append(from: reader, upTo: next, to: &trees) }
      guard reader.ordinal == next else { break }
    }
    try trees.withLock { trees in
      for tenant in trees.keys { try trees[tenant]!.writer.flush(to: trees[tenant]!.tiles) }
    }
  }

  /// - Returns: a commit before all that is missing; `nil` when that is little.
  private func startOfMuch(_ limit: UInt64, before end: Ordinal) throws -> Ordinal? {
    var missing: UInt64 = 0
    var start = end
    for tenant in log.tenants {
      if isStopping.load(ordering: .acquiring) { return nil }
      let size = try trees.withLock { try tree(of: tenant, in: &$0).writer.size }
      let tenantEnd = log.durableEnd(of: tenant).value
      guard size < tenantEnd else { continue }
      missing += tenantEnd - size
      start = min(start, try log.ordinal(before: Position(size), of: tenant))
    }
    return missing > limit ? start : nil
  }

  private func append(
    from reader: LogReader, upTo end: Ordinal, to trees: inout [TenantID: Tree]
  ) throws {
    let hash = SHA256()
    try reader.forEachCommit(upTo: end) { commit in
      var position = commit.firstPosition.value
      commit.forEachLine { line in
        if trees[commit.tenant]?.writer.size == position {
          trees[commit.tenant]!.writer.append(leafHash(line, using: hash))
        }
        position += 1
      }
      return true
    }
  }

  // MARK: Proving

  /// A proof that an event is in the tenant's history; it stands alone.
  ///
  /// - Throws: `TransparencyError` for a position that is not there, and as ``checkpoint(of:)`` does.
  public func receipt(for position: Position, of tenant: TenantID) throws -> Receipt {
    let note = try checkpoint(of: tenant)
    return try trees.withLock { trees in
      let tree = try self.tree(of: tenant, in: &trees)
      let head = try Checkpoint(text: note.text).head
      let proof = try merkleTree(tree, of: tenant)
        .inclusionProof(of: position.value, inTreeOf: head.size)
      return Receipt(proof: proof, checkpoint: note)
    }
  }

  /// A proof that the history of one size is the beginning of the history of another.
  public func consistency(
    from oldSize: UInt64, to newSize: UInt64, of tenant: TenantID
  ) throws -> ConsistencyProof {
    _ = try checkpoint(of: tenant)
    return try trees.withLock { trees in
      try merkleTree(try self.tree(of: tenant, in: &trees), of: tenant)
        .consistencyProof(from: oldSize, to: newSize)
    }
  }

  /// What verifies a tenant's checkpoints.
  public func verifierKeys(of tenant: TenantID) -> [VerifierKey] {
    keys.verifierKeys(origin: "\(logName)/\(tenant)")
  }

  // MARK: Trees

  /// The tree as it was kept, or begun anew where there are no tiles that fit.
  private func tree(of tenant: TenantID, in trees: inout [TenantID: Tree]) throws -> Tree {
    if let tree = trees[tenant] { return tree }
    let signer = CheckpointSigner(
      logName: logName, tenant: tenant.rawValue, folder: folder + "/checkpoints", keys: keys)
    let tiles = TileFolder(path: "\(folder)/tiles/\(tenant)")
    var writer = TileWriter()
    if let head = try signer.last()?.checkpoint.head,
      head.size <= log.durableEnd(of: tenant).value,
      let resumed = try? TileWriter(
        resumingAt: head, tiles: tiles, leafHashes: leafHashes(of: tenant))
    {
      writer = resumed
    }
    let tree = Tree(writer: writer, signer: signer, tiles: tiles)
    trees[tenant] = tree
    return tree
  }

  private func extend(_ tree: inout Tree, of tenant: TenantID) throws {
    let end = log.durableEnd(of: tenant)
    let start = Position(tree.writer.size)
    guard start < end else { return }
    let hash = SHA256()
    try log.readEvents(of: tenant, in: start..<end) { _, line in
      tree.writer.append(leafHash(line, using: hash))
    }
    try tree.writer.flush(to: tree.tiles)
  }

  private func merkleTree(_ tree: Tree, of tenant: TenantID) -> MerkleTree {
    MerkleTree(
      size: tree.writer.size, tiles: tree.tiles, leafHashes: leafHashes(of: tenant))
  }

  private func leafHashes(of tenant: TenantID) -> MerkleTree.LeafHashes {
    { [log] range in
      let hash = SHA256()
      var hashes: [Digest] = []
      try log.readEvents(of: tenant, in: Position(range.lowerBound)..<Position(range.upperBound)) {
        hashes.append(leafHash($1, using: hash))
      }
      return hashes
    }
  }
}
