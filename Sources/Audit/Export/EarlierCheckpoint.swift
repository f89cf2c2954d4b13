// Checkpoints that were kept elsewhere: last year's, for instance. What must hold: the log's own
// key signed each, and its root follows from the exported lines; the proof that goes with it (RFC
// 6962, section 2.1.2) leads from its root to the newest one.

import Cryptography
import Transparency

/// A signed note that was kept, as it was read.
public struct EarlierCheckpoint: Sendable {
  /// Where it was read, for messages.
  public var file: String
  public var bytes: [UInt8]

  public init(file: String, bytes: [UInt8]) { (self.file, self.bytes) = (file, bytes) }

  /// - Throws: ``ExportError`` for a note that this log did not sign, or that the history does not
  ///   extend.
  func proved(
    by tree: ExportedTree, _ configuration: TenantExport.Configuration
  ) throws -> ProvedCheckpoint {
    let (note, head) = try verified(configuration)
    guard head.size > 0 else {
      throw ExportError.foreignCheckpoint(file: file, reason: "it is of a history without events")
    }
    guard head.size <= tree.head.size else {
      throw ExportError.otherHistory(
        file: file,
        reason: "\(head.size) events were signed, and the newest checkpoint has \(tree.head.size)")
    }
    let proof = try tree.tree.consistencyProof(from: head.size, to: tree.head.size)
    do { try proof.verify(oldRoot: head.root, newRoot: tree.head.root) } catch {
      throw ExportError.otherHistory(file: file, reason: "its first \(head.size) events are others")
    }
    return ProvedCheckpoint(note: note, head: head, proof: proof)
  }

  private func verified(
    _ configuration: TenantExport.Configuration
  ) throws(ExportError) -> (SignedNote, TreeHead) {
    let origin = configuration.origin
    do {
      let note = try SignedNote(bytes)
      let checkpoint = try Checkpoint(
        verifying: note, origin: origin, keys: configuration.keys.verifierKeys(origin: origin))
      return (note, checkpoint.head)
    } catch { throw .foreignCheckpoint(file: file, reason: "\(error)") }
  }
}

/// An earlier checkpoint with the proof that the newest one extends it.
struct ProvedCheckpoint {
  var note: SignedNote
  var head: TreeHead
  var proof: ConsistencyProof

  var noteFile: String { "checkpoints/\(head.size).note" }
  var proofFile: String { "checkpoints/\(head.size).consistency" }
}
