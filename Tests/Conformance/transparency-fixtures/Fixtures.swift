// Writes notes, proofs and tiles for programs that we did not write to judge, and judges a note of theirs.
//
//   transparency-fixtures write FOLDER               good and bad ones, described in FOLDER/claims
//   transparency-fixtures read NOTE VKEY             exit code 0 when the note is believed
//   transparency-fixtures sign LOG NAME KEYS FOLDER  checkpoints beside a log, receipts into FOLDER
//
// What must hold: what is written depends on nothing but the arguments, the log and the keys.

import Cryptography
import EventLog
import EventSourcing
import Foundation
import Transparency

@main
enum Fixtures {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, Array(arguments.dropFirst())) {
    case ("write", let rest) where rest.count == 1: try write(to: rest[0])
    case ("read", let rest) where rest.count == 2: try read(note: rest[0], vkey: rest[1])
    case ("sign", let rest) where rest.count == 4:
      try sign(log: rest[0], name: rest[1], keys: rest[2], receipts: rest[3])
    default:
      print("usage: transparency-fixtures write FOLDER")
      print("       transparency-fixtures read NOTE VKEY")
      print("       transparency-fixtures sign LOG NAME KEYS FOLDER")
      exit(2)
    }
  }

  private static func read(note path: String, vkey: String) throws {
    do {
      let note = try SignedNote(bytes(of: path))
      try note.verify(with: [VerifierKey(vkey: vkey)])
      print(note.text, terminator: "")
    } catch {
      print("refused: \(error)")
      exit(1)
    }
  }

  /// Signs what each tenant of a log has come to, and gives receipts for its first, a middle and its
  /// last event.
  private static func sign(
    log: String, name: String, keys keyFolder: String, receipts: String
  ) throws {
    var lines: [String: [[UInt8]]] = [:]
    try LogReader(folder: log).forEachCommit(upTo: nil) { commit in
      commit.forEachLine { lines[commit.tenant.rawValue, default: []].append(Array($0)) }
      return true
    }
    let keys = try KeyFolder(path: keyFolder).open()
    for (tenant, lines) in lines.sorted(by: { $0.key < $1.key }) {
      let leaves = lines.map { leafHash($0) }
      let tree = try storedTree(leaves, in: "\(log)/tiles/\(tenant)")
      let signer = CheckpointSigner(
        logName: name, tenant: tenant, folder: "\(log)/checkpoints", keys: keys)
      let note = try signer.sign(head(of: leaves), of: tree)
      for position in Set([0, leaves.count / 2, leaves.count - 1]) {
        let proof = try tree.inclusionProof(
          of: UInt64(position), inTreeOf: UInt64(leaves.count))
        let receipt = Receipt(proof: proof, checkpoint: note)
        try write(receipt.bytes, to: "\(receipts)/\(tenant)-\(position).tlog-proof")
        try write(lines[position], to: "\(receipts)/\(tenant)-\(position).json")
      }
      print(keys.verifierKeys(origin: signer.origin)[0].vkey)
    }
  }

  static func storedTree(_ leaves: [Digest], in folder: String) throws -> MerkleTree {
    let tiles = TileFolder(path: folder)
    var writer = TileWriter()
    for leaf in leaves { writer.append(leaf) }
    try writer.flush(to: tiles)
    return MerkleTree(size: writer.size, tiles: tiles) { range in
      Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
    }
  }

  static func head(of leaves: [Digest]) -> TreeHead {
    var range = CompactRange()
    for leaf in leaves { range.append(leaf) }
    return range.head
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: path))
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }
}
