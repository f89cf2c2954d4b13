// Checkpoints and proofs: what is read is what was written, and nothing else is believed.

import Cryptography
import Testing
import Transparency

private let origin = "redress.example/acme"
private let key = SigningKey(name: origin, privateKey: sampleKey)
private let keys = [key.verifier]
private let leaves = sampleLeaves(70)

private func signed(_ size: Int, origin: String = origin) -> SignedNote {
  let checkpoint = Checkpoint(
    origin: origin, head: TreeHead(size: UInt64(size), root: naiveRoot(leaves[..<size])))
  return SignedNote(text: checkpoint.text, signedBy: [key])
}

struct `A checkpoint` {
  @Test func `comes back as it was written`() throws {
    for size in [0, 1, 70] {
      let note = try SignedNote(signed(size).bytes)
      let checkpoint = try Checkpoint(verifying: note, origin: origin, keys: keys)
      #expect(checkpoint.head == head(of: leaves[..<size]))
      #expect(checkpoint.text == note.text)
    }
    let extended = Checkpoint(
      origin: "a b", head: TreeHead(size: .max, root: leaves[0]), extensionLines: ["x", "y z"])
    #expect(try Checkpoint(text: extended.text) == extended)
  }

  @Test func `is the example of tlog-checkpoint`() throws {
    let text =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    let checkpoint = try Checkpoint(text: text)
    #expect(checkpoint.head.size == 20_852_163)
    #expect(checkpoint.text == text)
  }

  @Test func `of another log or by another key is not believed`() throws {
    let note = signed(7)
    #expect(
      throws: CheckpointError.otherOrigin(expected: "redress.example/zeta", found: origin)
    ) { try Checkpoint(verifying: note, origin: "redress.example/zeta", keys: keys) }
    let other = VerifierKey(name: origin, publicKey: otherKey.publicKey)
    #expect(throws: CheckpointError.self) {
      try Checkpoint(verifying: note, origin: origin, keys: [other])
    }
  }

  private static let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

  @Test(arguments: [
    ("", 0), ("o\n", 2), ("o\n1\n", 3), ("\n1\n\(root)\n", 1), ("o\n01\n\(root)\n", 2),
    ("o\n+1\n\(root)\n", 2), ("o\n-1\n\(root)\n", 2), ("o\n1 \n\(root)\n", 2),
    ("o\n0x1\n\(root)\n", 2), ("o\n18446744073709551616\n\(root)\n", 2), ("o\n\n\(root)\n", 2),
    ("o\n1\n\(root)=\n", 3), ("o\n1\n\(root.dropLast())\n", 3), ("o\n1\n\(root)", 0),
    ("o\n1\nAAAA\n", 3), ("o\n0\n\(root)\n", 3), ("o\n1\n\(root)\n\n", 4),
    ("o\n1\n\(root)\next\n\n", 5), ("o\r\n1\n\(root)\n", 1),
    ("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", 3),
  ])
  func `of another form is refused with the line`(text: String, line: Int) {
    let error = #expect(throws: FormatError.self) { try Checkpoint(text: text) }
    #expect(error?.line == line)
  }
}

struct `A tlog-proof` {
  private func proof(_ index: Int, in size: Int, extra: [UInt8]? = nil) throws -> TlogProof {
    let proof = try tree(leaves)
      .inclusionProof(of: UInt64(index), inTreeOf: UInt64(size))
    return TlogProof(proof: proof, checkpoint: signed(size), extra: extra)
  }

  @Test func `comes back as it was written and proves its leaf`() throws {
    let cases: [(Int, Int, [UInt8]?)] = [
      (0, 1, nil), (3, 5, [1, 2, 3]), (69, 70, nil), (0, 64, []),
    ]
    for (index, size, extra) in cases {
      let proof = try proof(index, in: size, extra: extra)
      let read = try TlogProof(proof.bytes)
      #expect(read == proof)
      #expect(read.bytes == proof.bytes)
      let checkpoint = try read.verify(leafHash: leaves[index], origin: origin, keys: keys)
      #expect(checkpoint.head.size == UInt64(size))
      #expect(throws: TlogProofError.self) {
        try read.verify(leafHash: leaves[(index + 1) % 70], origin: origin, keys: keys)
      }
      #expect(throws: TlogProofError.self) {
        try read.verify(leafHash: leaves[index], origin: "redress.example/zeta", keys: keys)
      }
    }
  }

  @Test func `has the form of tlog-proof`() throws {
    let text = String(decoding: try proof(1, in: 3, extra: [0, 1]).bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[..<3] == ["c2sp.org/tlog-proof@v1", "extra AAE=", "index 1"])
    #expect(base64(String(lines[3])) == leaves[0].bytes)
    #expect(base64(String(lines[4])) == leaves[2].bytes)
    #expect(lines[5...7] == ["", "redress.example/acme", "3"])
    #expect(lines[10].hasPrefix("— redress.example/acme "))
  }

  @Test func `with any bit flipped is refused, except in unsigned parts`() throws {
    let bytes = try proof(3, in: 7).bytes
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        #expect(throws: (any Error).self, "byte \(place), bit \(bit)") {
          try TlogProof(changed).verify(leafHash: leaves[3], origin: origin, keys: keys)
        }
      }
      #expect(throws: (any Error).self) {
        try TlogProof(Array(bytes[..<place]))
          .verify(leafHash: leaves[3], origin: origin, keys: keys)
      }
    }
  }

  @Test(arguments: [
    ("c2sp.org/tlog-proof@v2\nindex 0\n", 1), ("c2sp.org/tlog-proof@v1\n", 2),
    ("c2sp.org/tlog-proof@v1\nextra \nindex 0\n", 2), ("c2sp.org/tlog-proof@v1\nindex  0\n", 2),
    ("c2sp.org/tlog-proof@v1\nextra AA=\nindex 0\n", 2),
    ("c2sp.org/tlog-proof@v1\nextra AAE=\nextra AAE=\n", 3),
    ("c2sp.org/tlog-proof@v1\nindex 00\n", 2), ("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n", 3),
    ("c2sp.org/tlog-proof@v1\nindex 0\n", 3),
    ("c2sp.org/tlog-proof@v1\nindex 0\n\no\n0\n\nx\n", 7),
  ])
  func `of another form is refused with the line`(text: String, line: Int) {
    let error = #expect(throws: FormatError.self) { try TlogProof(Array(text.utf8)) }
    #expect(error?.line == line, "\(String(describing: error))")
  }

  @Test func `cannot have more hashes than any proof`() {
    let hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    let text = "c2sp.org/tlog-proof@v1\nindex 0\n" + String(repeating: hash, count: 65)
    #expect(throws: FormatError.self) { try TlogProof(Array("\(text)\n".utf8)) }
  }
}
