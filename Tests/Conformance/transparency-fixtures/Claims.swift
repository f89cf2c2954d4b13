// What the judge is to find out, one claim on each line, in a tree whose leaf n is the text "leaf
// n":
//
//   root SIZE ROOT
//   inclusion good|bad SIZE INDEX HASH,…
//   consistency good|bad OLD NEW HASH,…
//   note good|bad NAME VKEY      the file notes/NAME
//   proof good|bad NAME VKEY     the file proofs/NAME, for the leaf of its index
//   tiles SIZE                   the folder tiles

import Cryptography
import Foundation
import Transparency

extension Fixtures {
  private static let origin = "redress.example/acme"

  static func write(to folder: String) throws {
    let leaves = (0..<700).map { leafHash(Array("leaf \($0)".utf8)) }
    let tree = try storedTree(leaves, in: "\(folder)/tiles")
    var claims = ["tiles \(leaves.count)"]
    for size in UInt64(1)...40 {
      claims.append("root \(size) \(try tree.root(at: size))")
      for index in 0..<size {
        let proof = try tree.inclusionProof(of: index, inTreeOf: size)
        claims += judged(proof.hashes) { "inclusion \($0) \(size) \(index) \($1)" }
      }
      for old in 1...size {
        let proof = try tree.consistencyProof(from: old, to: size)
        claims += judged(proof.hashes) { "consistency \($0) \(old) \(size) \($1)" }
      }
    }
    for (old, size) in [(255, 256), (256, 257), (300, 700), (512, 700), (1, 700)] {
      let proof = try tree.consistencyProof(from: UInt64(old), to: UInt64(size))
      claims += judged(proof.hashes) { "consistency \($0) \(old) \(size) \($1)" }
    }
    claims += try notes(in: folder, of: tree)
    try write(Array((claims.joined(separator: "\n") + "\n").utf8), to: "\(folder)/claims")
  }

  /// A proof's claim, and those of three that are not the proof.
  private static func judged(
    _ hashes: [Digest], _ claim: (_ judgement: String, _ hashes: String) -> String
  ) -> [String] {
    func text(_ hashes: some Sequence<Digest>) -> String {
      let text = hashes.map(\.description).joined(separator: ",")
      return text.isEmpty ? "-" : text
    }
    var claims = [claim("good", text(hashes)), claim("bad", text(hashes + [.zero]))]
    if let first = hashes.first {
      claims.append(claim("bad", text(hashes.dropLast())))
      claims.append(claim("bad", text([SHA256.hash(first.bytes)] + hashes.dropFirst())))
    }
    return claims
  }

  private static func notes(in folder: String, of tree: MerkleTree) throws -> [String] {
    let key = SigningKey(name: origin, privateKey: .generate())
    let other = SigningKey(name: "witness.example", privateKey: .generate())
    var claims: [String] = []
    for size: UInt64 in [1, 256, 700] {
      let head = TreeHead(size: size, root: try tree.root(at: size))
      let checkpoint = Checkpoint(origin: origin, head: head)
      let note = SignedNote(text: checkpoint.text, signedBy: [key, other])
      let proof = try tree.inclusionProof(of: size / 2, inTreeOf: size)
      let tlogProof = TlogProof(
        proof: proof, checkpoint: note, extra: size == 256 ? Array("extra".utf8) : nil)
      for (kind, bytes) in [("note", note.bytes), ("proof", tlogProof.bytes)] {
        for signer in [key, other] where kind == "note" || signer.verifier == key.verifier {
          claims.append("\(kind) good \(size) \(signer.verifier.vkey)")
        }
        try write(bytes, to: "\(folder)/\(kind)s/\(size)")
        // The last digit of the size, which stands in the checkpoint's second line.
        let text = String(decoding: bytes, as: UTF8.self)
        let changed = text.replacing("\n\(size)\n", with: "\n\(size ^ 1)\n")
        try write(Array(changed.utf8), to: "\(folder)/\(kind)s/\(size)-changed")
        claims.append("\(kind) bad \(size)-changed \(key.verifier.vkey)")
        let stranger = SigningKey(name: origin, privateKey: .generate())
        claims.append("\(kind) bad \(size) \(stranger.verifier.vkey)")
      }
    }
    return claims
  }
}
