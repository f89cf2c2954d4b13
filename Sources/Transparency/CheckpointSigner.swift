// Signs checkpoints of a tenant's tree. A signed checkpoint is never taken back, so a tree that
// contradicts the last one is refused.
//
// What must hold: each checkpoint extends the one before (RFC 6962, section 2.1.2), and is durable
// before it is returned. The same tree gives the same note.

public import Cryptography
internal import Synchronization

/// The one signer of an origin, which reads back its last checkpoint before it signs again.
public final class CheckpointSigner: Sendable {
  /// `<log name>/<tenant>`; the name of its keys as well.
  public let origin: String
  /// The file of the last signed note.
  public let path: String
  private let keys: CheckpointKeys
  private let state = Mutex(State.fresh)

  private enum State {
    /// This process has not written the file yet, or failed to: what is there may not be durable.
    case fresh
    case durable
  }

  /// - Parameters:
  ///   - logName: the first part of the origin.
  ///   - tenant: the second part, and the name of the file.
  ///   - folder: `<log>/checkpoints`; it is made with the first checkpoint.
  ///   - keys: the current one signs, and all verify the last checkpoint.
  /// - Precondition: log name and tenant make a valid name of a key, and the tenant a file name.
  public init(logName: String, tenant: String, folder: String, keys: CheckpointKeys) {
    origin = "\(logName)/\(tenant)"
    path = "\(folder)/\(tenant)"
    self.keys = keys
    precondition(VerifierKey.isValid(name: origin), "\"\(origin)\" is no origin")
    precondition(
      !tenant.isEmpty && tenant.first != "." && !tenant.contains("/"),
      "\"\(tenant)\" is no tenant")
  }

  /// The note that was signed last, verified; `nil` before the first.
  ///
  /// - Throws: ``CheckpointRefusal``.
  public func last() throws(CheckpointRefusal) -> (note: SignedNote, checkpoint: Checkpoint)? {
    let bytes: [UInt8]?
    do { bytes = try DurableFile.read(path) } catch { throw .file(origin: origin, error) }
    guard let bytes else { return nil }
    do {
      let note = try SignedNote(bytes)
      let checkpoint = try Checkpoint(
        verifying: note, origin: origin, keys: keys.verifierKeys(origin: origin))
      return (note, checkpoint)
    } catch let error as CheckpointError {
      throw .unbelievable(origin: origin, path: path, reason: error.description)
    } catch let error as FormatError {
      throw .unbelievable(origin: origin, path: path, reason: error.description)
    } catch { preconditionFailure("no other error is thrown") }
  }

  /// Signs a tree that extends the last one; the note is durable when this returns.
  ///
  /// - Parameters:
  ///   - head: computed from the lines themselves, not from the tiles of `tree`.
  ///   - tree: the same leaves; proves that `head` extends the last checkpoint.
  /// - Throws: ``CheckpointRefusal``, and what the tree throws when it cannot be read.
  public func sign(_ head: TreeHead, of tree: MerkleTree) throws -> SignedNote {
    try state.withLock { state throws in
      let last = try last()
      if let last {
        try require(head, of: tree, toExtend: last.checkpoint.head)
        let key = keys.signingKey(origin: origin)
        let isCurrent = last.note.signatures.contains {
          $0.name == origin && $0.keyID == key.verifier.id
        }
        if head == last.checkpoint.head && isCurrent {
          // The attempt that wrote it may have failed before it was durable.
          if state == .fresh { try keep(last.note, &state) }
          return last.note
        }
      }
      let checkpoint = Checkpoint(origin: origin, head: head)
      let note = SignedNote(text: checkpoint.text, signedBy: [keys.signingKey(origin: origin)])
      try keep(note, &state)
      return note
    }
  }

  /// Puts a note back that this signer made, where the last one is missing; it is durable then.
  ///
  /// - Returns: the head that it signs; `nil` where there is a last note.
  /// - Throws: ``CheckpointRefusal`` for a note that cannot be believed.
  public func restore(
    _ note: SignedNote, from place: String
  ) throws(CheckpointRefusal) -> TreeHead? {
    try state.withLock { state throws(CheckpointRefusal) in
      guard try last() == nil else { return nil }
      do {
        let checkpoint = try Checkpoint(
          verifying: note, origin: origin, keys: keys.verifierKeys(origin: origin))
        try keep(note, &state)
        return checkpoint.head
      } catch let refusal as CheckpointRefusal { throw refusal } catch {
        throw .unbelievable(origin: origin, path: place, reason: "\(error)")
      }
    }
  }

  /// Adds cosignatures to the last note, if it still has this text.
  ///
  /// - Throws: ``CheckpointRefusal``.
  public func add(_ cosignatures: [NoteSignature], to text: String) throws(CheckpointRefusal) {
    try state.withLock { state throws(CheckpointRefusal) in
      guard let last = try last(), last.note.text == text else { return }
      let known = Set(last.note.signatures.map(\.keyID))
      let new = cosignatures.filter { !known.contains($0.keyID) }
      if !new.isEmpty { try keep(last.note.signed(new), &state) }
    }
  }

  /// Writes a new file each time, so that what an earlier failed sync left of the old one does not
  /// matter.
  private func keep(_ note: SignedNote, _ state: inout State) throws(CheckpointRefusal) {
    state = .fresh
    do {
      try DurableFile.createFolders(DurableFile.folder(of: path))
      try DurableFile.replace(path, with: note.bytes, mode: 0o640)
    } catch { throw .file(origin: origin, error) }
    state = .durable
  }

  private func require(_ head: TreeHead, of tree: MerkleTree, toExtend last: TreeHead) throws {
    guard head.size >= last.size else {
      throw CheckpointRefusal.rollback(origin: origin, signed: last, offered: head)
    }
    if head.size == last.size {
      guard head.root == last.root else {
        throw CheckpointRefusal.fork(origin: origin, signed: last, offered: head)
      }
      return
    }
    // Every tree extends the one without leaves.
    if last.size == 0 { return }
    let proof = try tree.consistencyProof(from: last.size, to: head.size)
    do { try proof.verify(oldRoot: last.root, newRoot: head.root) } catch {
      // The operator needs to know which of both is wrong.
      let oldRoot = try tree.root(at: last.size)
      guard oldRoot == last.root else {
        throw CheckpointRefusal.rewritten(
          origin: origin, signed: last, recomputed: oldRoot, offered: head)
      }
      throw CheckpointRefusal.wrongTiles(origin: origin, offered: head)
    }
  }
}

/// Why a checkpoint is not signed, and what an operator must do.
public enum CheckpointRefusal: Error, Hashable, Sendable {
  /// The tree is smaller than one that was signed.
  case rollback(origin: String, signed: TreeHead, offered: TreeHead)
  /// The tree has the size of one that was signed, and other leaves.
  case fork(origin: String, signed: TreeHead, offered: TreeHead)
  /// The tree is larger than the one that was signed, but its first leaves are not the same.
  case rewritten(origin: String, signed: TreeHead, recomputed: Digest, offered: TreeHead)
  /// The tiles lead to another tree than the lines.
  case wrongTiles(origin: String, offered: TreeHead)
  /// The last checkpoint is there and cannot be believed.
  case unbelievable(origin: String, path: String, reason: String)
  /// A checkpoint could not be read or made durable; signing again reads the last one back.
  case file(origin: String, TransparencyError)
}

extension CheckpointRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rollback(let origin, let signed, let offered):
      """
      \(origin): not signed, since \(signed.size) events were signed and the log now has \
      \(offered.size). Events are missing. Keep everything as it is, and restore the log from a \
      backup or a replica that has at least \(signed.size) events.
      """
    case .fork(let origin, let signed, let offered):
      """
      \(origin): not signed, since another history of \(signed.size) events was signed before: its \
      root is \(signed.root), the log's is \(offered.root). Keep everything as it is, find out who \
      changed which of both, and restore the history that was signed.
      """
    case .rewritten(let origin, let signed, let recomputed, let offered):
      """
      \(origin): not signed, since the first \(signed.size) of \(offered.size) events are not \
      those that were signed: their root was \(signed.root) and is \(recomputed). First remove the \
      tenant's folder of tiles, which is derived, and try again. If it is still so, the history \
      was changed: keep everything as it is and restore the history that was signed.
      """
    case .wrongTiles(let origin, let offered):
      """
      \(origin): not signed, since the tiles lead to another tree of \(offered.size) events than \
      the lines do. Tiles are derived: remove the tenant's folder of tiles, and they are computed \
      again.
      """
    case .unbelievable(let origin, let path, let reason):
      """
      \(origin): not signed, since the last checkpoint in \(path) cannot be believed: \(reason). \
      Restore that file, or the key that signed it, from a backup. Without it nothing keeps the \
      log from contradicting what it signed.
      """
    case .file(let origin, let error): "\(origin): not signed. \(error)"
    }
  }
}
