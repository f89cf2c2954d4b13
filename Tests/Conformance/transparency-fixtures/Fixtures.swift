// Writes notes, proofs and tiles for programs that we did not write to judge, and judges a note of
// theirs.
//
//   transparency-fixtures write FOLDER     good and bad ones, described in FOLDER/claims
//   transparency-fixtures read NOTE VKEY   exit code 0 when the note is believed
//
// What must hold: what is written is the same each time, but for the keys.

import Cryptography
import Foundation
import Transparency

@main
enum Fixtures {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, Array(arguments.dropFirst())) {
    case ("write", let rest) where rest.count == 1: try write(to: rest[0])
    case ("read", let rest) where rest.count == 2: try read(note: rest[0], vkey: rest[1])
    default:
      print("usage: transparency-fixtures write FOLDER")
      print("       transparency-fixtures read NOTE VKEY")
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

  static func storedTree(_ leaves: [Digest], in folder: String) throws -> MerkleTree {
    let tiles = TileFolder(path: folder)
    var writer = TileWriter()
    for leaf in leaves { writer.append(leaf) }
    try writer.flush(to: tiles)
    return MerkleTree(size: writer.size, tiles: tiles) { range in
      Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
    }
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
