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
    let oldNote = try readOldNote()
    let tenant = try tenant(of: oldNote)
    let (old, newNote, new, fork) = try folder.withProofs { source in
      let old = try verified(oldNote, of: tenant, with: source.answer(.keys(tenant)))
      let note = try SignedNote(source.answer(.checkpoint(tenant)))
      let new = try Checkpoint(text: note.text)
      return (old, note, new, try difference(from: old.head, to: new.head, of: tenant, by: source))
    }
    let lines = """
        old: \(old.head.size) events, root \(Base64.encode(old.head.root.bytes))
        now: \(new.head.size) events, root \(Base64.encode(new.head.root.bytes))
      """
    guard let fork else {
      print("\(old.origin): the present history extends the old one\n\(lines)")
      return .success
    }
    try Output.write(oldNote.bytes + [UInt8(ascii: "\n")] + newNote.bytes)
    throw Stop(
      code: .wrong,
      message: "\(old.origin): the present history does not extend the old one: \(fork)\n\(lines)")
  }

  private func readOldNote() throws -> SignedNote {
    let bytes: Data
    do {
      bytes =
        try file == "-"
        ? FileHandle.standardInput.readToEnd() ?? Data()
        : Data(contentsOf: URL(filePath: file))
    } catch { throw Stop.unable("cannot read \(describe(error))") }
    do { return try SignedNote(Array(bytes)) } catch { throw unsigned("\(error)") }
  }

  /// The tenant that the note is about, which its origin ends with.
  private func tenant(of note: SignedNote) throws -> TenantID {
    let origin: String
    do { origin = try Checkpoint(text: note.text).origin } catch { throw unsigned("\(error)") }
    guard let slash = origin.lastIndex(of: "/"),
      let tenant = TenantID(origin[origin.index(after: slash)...])
    else { throw unsigned("its origin \(origin) does not end with /TENANT") }
    guard try LogSummary(folder: folder.log).tenants.contains(where: { $0.name == tenant }) else {
      throw unsigned("it is of \(origin), and there is no tenant \(tenant) in \(folder.log)")
    }
    return tenant
  }

  /// - Parameter keys: vkeys, one on each line.
  private func verified(
    _ note: SignedNote, of tenant: TenantID, with keys: [UInt8]
  ) throws -> Checkpoint {
    let vkeys = String(decoding: keys, as: UTF8.self).split(separator: "\n")
    let keys = try vkeys.map { try VerifierKey(vkey: String($0)) }
    guard let origin = keys.first?.name else { throw Stop.unable("the log has no keys") }
    do { return try Checkpoint(verifying: note, origin: origin, keys: keys) } catch {
      throw unsigned(error.description)
    }
  }

  private func unsigned(_ reason: String) -> Stop {
    let name = file == "-" ? "standard input" : file
    return Stop(
      code: .wrong, message: "\(name) is not a checkpoint that this log signed: \(reason)")
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
