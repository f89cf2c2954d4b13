// C2SP tlog-witness and tlog-cosignature: a witness cosigns what extends the last tree that it
// cosigned, and answers everything else as the specification says.

import Cryptography
import Foundation
import Testing
import Transparency

struct WitnessTests {
  private static let log = SigningKey(name: "redress/acme", privateKey: .generate())
  private static let key = CosigningKey(name: "witness.example", privateKey: .generate())
  private static let time: UInt64 = 1_679_315_147

  private let folder = NSTemporaryDirectory() + "redress-witness-\(UUID().uuidString)"

  private var witness: Witness {
    Witness(
      of: [Self.log.verifier.name: [Self.log.verifier]], key: Self.key, folder: folder,
      clock: { Self.time })
  }

  private static func leaves(_ count: Int) -> [Digest] {
    (0..<count).map { leafHash(Array("\($0)".utf8)) }
  }

  private static func head(of leaves: [Digest]) -> TreeHead {
    var tree = CompactRange()
    for leaf in leaves { tree.append(leaf) }
    return tree.head
  }

  private static func note(
    _ leaves: [Digest], origin: String = log.verifier.name, by key: SigningKey = log
  ) -> SignedNote {
    SignedNote(text: Checkpoint(origin: origin, head: head(of: leaves)).text, signedBy: [key])
  }

  private static func request(
    from old: Int, to leaves: [Digest], note: SignedNote? = nil
  ) throws -> [UInt8] {
    let proof =
      old == 0 || old == leaves.count
      ? nil
      : try tree(leaves).consistencyProof(
        from: UInt64(old), to: UInt64(leaves.count))
    return WitnessRequest(note ?? self.note(leaves), oldSize: UInt64(old), proof: proof).bytes
  }

  @Test func `cosigns what extends the last tree, also after a restart`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (old, size) in [(0, 1), (1, 5), (5, 5), (5, 8), (8, 13)] {
      let body = try Self.request(from: old, to: Self.leaves(size))
      #expect(try WitnessRequest(body).bytes == body)
      let answer = try witness.addCheckpoint(body)
      #expect(answer.status == 200)
      let note = try SignedNote(Self.note(Self.leaves(size)).bytes + answer.body)
      let keys = [Self.log.verifier, Self.key.verifier]
      #expect(try note.verify(with: keys) == keys)
      var later = try #require(note.signatures.last)
      later.bytes[7] ^= 1
      #expect(throws: NoteError.self) {
        try Self.note(Self.leaves(size)).signed([later]).verify(with: [Self.key.verifier])
      }
    }
  }

  @Test func `answers a wrong old size with the right one`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try witness.addCheckpoint(Self.request(from: 0, to: Self.leaves(5)))
    let answer = try witness.addCheckpoint(Self.request(from: 3, to: Self.leaves(8)))
    #expect(answer.status == 409 && answer.mediaType == "text/x.tlog.size")
    #expect(answer.body == Array("5\n".utf8))
  }

  @Test func `refuses what it must, and remembers the last tree`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let five = Self.leaves(5)
    _ = try witness.addCheckpoint(Self.request(from: 0, to: five))
    var fork = Self.leaves(8)
    fork[2] = fork[3]
    let eight = Self.leaves(8)
    let foreign = SigningKey(name: Self.log.verifier.name, privateKey: .generate())
    let other = SigningKey(name: "redress/other", privateKey: .generate())
    let emptyText = "\(Self.log.verifier.name)\n0\n\(Data(five[0].bytes).base64EncodedString())\n"
    let cases: [(status: Int, body: [UInt8])] = try [
      (422, Self.request(from: 5, to: fork)),
      (422, Self.request(from: 5, to: Array(fork[..<5]))),
      (400, Self.request(from: 5, to: eight) + Array("x".utf8)),
      (400, WitnessRequest(Self.note(Self.leaves(3)), oldSize: 5, proof: nil).bytes),
      (
        403,
        Self.request(from: 5, to: eight, note: Self.note(eight, by: foreign))
      ),
      (
        404,
        Self.request(
          from: 5, to: eight, note: Self.note(eight, origin: "redress/other", by: other))
      ),
      (
        422,
        WitnessRequest(
          SignedNote(text: emptyText, signedBy: [Self.log]), oldSize: 0, proof: nil
        ).bytes
      ),
      (400, []), (400, Array("old 5\n".utf8)), (400, Array("old five\n\n".utf8)),
    ]
    for (index, (status, body)) in cases.enumerated() {
      #expect(try witness.addCheckpoint(body).status == status, "case \(index)")
    }
    #expect(try witness.addCheckpoint(Self.request(from: 5, to: eight)).status == 200)
  }

  @Test func `a cosigner's key is written as its kind, and signs for no log`() throws {
    let vkey = Self.key.verifier.vkey
    #expect(try VerifierKey(vkey: vkey) == Self.key.verifier)
    let note = Self.note(Self.leaves(1))
    let cosigned = note.signed([Self.key.cosign(note.text, at: 0)])
    #expect(throws: NoteError.self) { try cosigned.verify(with: [Self.key.verifier]) }
    let named = CosigningKey(name: Self.log.verifier.name, privateKey: .generate())
    let alone = SignedNote(
      text: note.text, signedBy: [SigningKey(name: "x", privateKey: .generate())]
    ).signed([named.cosign(note.text, at: Self.time)])
    #expect(throws: CheckpointError.self) {
      try Checkpoint(verifying: alone, origin: named.verifier.name, keys: [named.verifier])
    }
  }

  @Test func `a policy names the witnesses`() throws {
    let line = "witness W \(Self.key.verifier.vkey) http://127.0.0.1:1"
    let policy = try WitnessPolicy(
      "# ours\n\nlog \(Self.log.verifier.vkey)\n \(line)\t\nquorum W\n")
    #expect(policy.witnesses.map(\.name) == ["W"])
    #expect(policy.witnesses[0].key == Self.key.verifier)
    for wrong in [
      "", "# nothing", "witness W", "wittness W x http://x", line + "\n" + line,
      "witness W \(Self.log.verifier.vkey) http://x",
      "witness W \(Self.key.verifier.vkey) ftp://x",
    ] {
      #expect(throws: FormatError.self) { try WitnessPolicy(wrong) }
    }
  }
}
