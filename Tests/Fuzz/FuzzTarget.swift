// What the fuzzer throws arbitrary bytes at: everything that reads bytes from outside. A target may
// refuse what it gets in its own typed way; it must not crash, hang, or take back what it accepted.

import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import Transparency

/// A reader of bytes.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// A segment of the log.
  case frames
  /// Commands as they are submitted, events as they are recorded.
  case json
  /// Signed notes and the checkpoints in them.
  case notes
  /// Proofs, and what verifies them.
  case proofs
  /// JSON Web Tokens, with and without a valid signature.
  case tokens
  /// JSON Web Key Sets.
  case keys
  /// The settings file.
  case settings
  /// Requests, from the parsed head to the command in the body.
  case requests

  /// Reads the bytes.
  public func run(_ bytes: [UInt8]) {
    switch self {
    case .frames: readSegment(bytes)
    case .json: readJSON(bytes)
    case .notes: readNote(bytes)
    case .proofs: readProofs(bytes)
    case .tokens: readToken(bytes)
    case .keys: readKeySet(bytes)
    case .settings: readSettings(bytes)
    case .requests: readRequest(bytes)
    }
  }
}

/// The first byte chooses; what was accepted must come back from its own canonical form.
private func readJSON(_ bytes: [UInt8]) {
  guard let choice = bytes.first else { return }
  let text = Array(bytes.dropFirst())
  if choice & 1 == 0 {
    guard let command = try? SubmittedCommand(json: text) else { return }
    var canonical: [UInt8] = []
    command.write(to: &canonical)
    let again = try? SubmittedCommand(json: canonical)
    precondition(again == command, "a command does not come back")
  } else {
    guard let event = try? RecordedEvent(line: text) else { return }
    var canonical: [UInt8] = []
    event.write(to: &canonical)
    let again = try? RecordedEvent(line: canonical)
    precondition(again == event, "an event does not come back")
  }
}

private func readNote(_ bytes: [UInt8]) {
  guard let note = try? SignedNote(bytes) else { return }
  precondition(note.bytes == bytes, "a note has two forms")
  guard let checkpoint = try? Checkpoint(text: note.text) else { return }
  precondition(checkpoint.text == note.text, "a checkpoint has two forms")
}

private func readProofs(_ bytes: [UInt8]) {
  guard let proof = try? TlogProof(bytes) else { return }
  precondition(proof.bytes == bytes, "a tlog-proof has two forms")
  guard let checkpoint = try? Checkpoint(text: proof.checkpoint.text) else { return }
  let head = checkpoint.head
  let leaf = leafHash(bytes)
  let inclusion = InclusionProof(
    index: proof.index, treeSize: head.size, hashes: proof.hashes)
  precondition((try? inclusion.verify(leafHash: leaf, root: head.root)) == nil, "a forged proof")
  let consistency = ConsistencyProof(
    oldSize: proof.index, newSize: head.size, hashes: proof.hashes)
  try? consistency.verify(oldRoot: leaf, newRoot: head.root)
}

// libFuzzer's entry (https://llvm.org/docs/LibFuzzer.html); REDRESS_FUZZ names the target.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  chosenTarget.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

private let chosenTarget: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["REDRESS_FUZZ"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("REDRESS_FUZZ=\(name) is none of \(FuzzTarget.allCases)")
  }
  return target
}()
