// redress checkpoint compare: whether the present history extends an earlier signed checkpoint.
// What must hold: nothing is believed but the log's key and the hashes; the roots of both sizes
// must follow from one consistency proof (RFC 6962, section 2.1.2).

import Cryptography
import EventLog
import EventSourcing
import Foundation
import Node
import Transparency

struct CheckpointComparison {
  var folder: DataFolder
  /// A file with a signed note; `-` is standard input.
  var file: String

  func run() throws -> ExitCode {
    let checkpoint = CheckpointFile(folder: folder, file: file)
    let oldNote = try checkpoint.read()
    let tenant = try checkpoint.tenant(of: oldNote)
    let (old, newNote, new, fork) = try folder.withProofs { source in
      let vkeys = String(decoding: try source.answer(.keys(tenant)), as: UTF8.self)
      let keys = try vkeys.split(separator: "\n").map { try VerifierKey(vkey: String($0)) }
      let old = try checkpoint.verified(oldNote, with: keys)
      let note = try SignedNote(source.answer(.checkpoint(tenant)))
      let new = try Checkpoint(text: note.text)
      return (old, note, new, try difference(from: old.head, to: new.head, of: tenant, by: source))
    }
    let lines: TerminalText = """
        old: \(old.head.size) events, root \(Base64.encode(old.head.root.bytes))
        now: \(new.head.size) events, root \(Base64.encode(new.head.root.bytes))
      """
    guard let fork else {
      try Output.print("\(old.origin): the present history extends the old one\n\(lines)")
      return .success
    }
    try Output.write(oldNote.bytes + [UInt8(ascii: "\n")] + newNote.bytes)
    throw Stop(
      code: .wrong,
      message: "\(old.origin): the present history does not extend the old one: \(fork)\n\(lines)")
  }

  /// Why the new tree does not extend the old one; `nil` if it does.
  private func difference(
    from old: TreeHead, to new: TreeHead, of tenant: TenantID, by source: ProofSource
  ) throws -> String? {
    guard old.size <= new.size else { return "it is shorter" }
    // Every history extends the one without events.
    if old.size == 0 { return nil }
    let text = try source.answer(.consistency(tenant, old: old.size, new: new.size))
    let proof = try ConsistencyProof(text)
    guard proof.oldSize == old.size, proof.newSize == new.size else {
      throw Stop.unable("the proof is from \(proof.oldSize) to \(proof.newSize) events")
    }
    do { try proof.verify(oldRoot: old.root, newRoot: new.root) } catch {
      return "its first \(old.size) events are others"
    }
    return nil
  }
}
