// The signer never contradicts what it signed, also after wrong trees and after crashes.

import Cryptography
import Foundation
import Testing
import Transparency

private let leaves = sampleLeaves(700)
private let origin = "redress.example/acme"

struct `A checkpoint signer` {
  private let folder: TemporaryFolder
  private let tree: MerkleTree
  private let keys = CheckpointKeys(current: sampleKey)

  init() throws {
    folder = try TemporaryFolder()
    tree = try TransparencyTests.tree(leaves)
  }

  private func signer(_ keys: CheckpointKeys? = nil) -> CheckpointSigner {
    CheckpointSigner(
      logName: "redress.example", tenant: "acme", folder: folder.path + "/checkpoints",
      keys: keys ?? self.keys)
  }

  private func head(_ size: Int) -> TreeHead { TransparencyTests.head(of: leaves[..<size]) }

  @Test func `signs trees that grow, and keeps each note before returning it`() throws {
    let signer = signer()
    #expect(signer.origin == origin)
    #expect(try signer.last() == nil)
    for size in [0, 1, 255, 256, 300, 699] {
      let note = try signer.sign(head(size), of: tree)
      #expect(try folder.read("checkpoints/acme") == note.bytes)
      let checkpoint = try Checkpoint(
        verifying: note, origin: origin, keys: keys.verifierKeys(origin: origin))
      #expect(checkpoint.head == head(size))
      #expect(try self.signer().last()?.checkpoint == checkpoint)
    }
    #expect(folder.files == ["checkpoints/acme"])
  }

  @Test func `gives the same note for the same tree, also after a restart`() throws {
    let note = try signer().sign(head(300), of: tree)
    let signer = signer()
    #expect(try signer.sign(head(300), of: tree) == note)
    #expect(try signer.sign(head(300), of: tree).bytes == note.bytes)
  }

  @Test func `refuses a tree that lost events`() throws {
    _ = try signer().sign(head(300), of: tree)
    #expect(
      throws: CheckpointRefusal.rollback(origin: origin, signed: head(300), offered: head(299))
    ) { try signer().sign(head(299), of: tree) }
    #expect(throws: CheckpointRefusal.self) { try signer().sign(head(0), of: tree) }
    #expect(try signer().last()?.checkpoint.head == head(300))
  }

  @Test func `refuses another tree of the same size`() throws {
    _ = try signer().sign(head(300), of: tree)
    let other = TreeHead(size: 300, root: head(301).root)
    #expect(
      throws: CheckpointRefusal.fork(origin: origin, signed: head(300), offered: other)
    ) { try signer().sign(other, of: tree) }
    #expect(try signer().last()?.checkpoint.head == head(300))
  }

  @Test(arguments: [0, 255, 256, 299])
  func `refuses a larger tree in which a signed event was changed`(place: Int) throws {
    _ = try signer().sign(head(300), of: tree)
    var changed = leaves
    changed[place] = .zero
    let tree = try TransparencyTests.tree(changed)
    let offered = TransparencyTests.head(of: changed[..<500])
    let refusal = CheckpointRefusal.rewritten(
      origin: origin, signed: head(300), recomputed: naiveRoot(changed[..<300]), offered: offered)
    #expect(throws: refusal) { try signer().sign(offered, of: tree) }
    #expect(refusal.description.contains("restore"))
    #expect(try signer().last()?.checkpoint.head == head(300))
  }

  @Test func `refuses a tree whose tiles are not those of its lines`() throws {
    let tiles = MemoryTiles()
    let tree = try TransparencyTests.tree(leaves, tiles: tiles)
    _ = try signer().sign(head(200), of: tree)
    tiles.damage("tile/1/000.p/2")
    // The damage is in leaves 256 to 511, after all that was signed.
    #expect(throws: CheckpointRefusal.wrongTiles(origin: origin, offered: head(600))) {
      try signer().sign(head(600), of: tree)
    }
    #expect(throws: Never.self) { try signer().sign(head(600), of: self.tree) }
  }

  @Test func `survives a crash between writing a note and renaming it`() throws {
    let note = try signer().sign(head(300), of: tree)
    for rest in [[], Array("half a no".utf8), note.bytes] {
      try folder.write(rest, to: "checkpoints/.acme.tmp")
      let signer = signer()
      #expect(try signer.last()?.note == note)
      #expect(try signer.sign(head(300), of: tree) == note)
      #expect(folder.files == ["checkpoints/acme"])
    }
    try folder.write([1], to: "checkpoints/.acme.tmp")
    let next = try signer().sign(head(301), of: tree)
    #expect(try folder.read("checkpoints/acme") == next.bytes)
    #expect(folder.files == ["checkpoints/acme"])
  }

  @Test func `goes on by itself once a note can be written again`() throws {
    let signer = signer()
    let note = try signer.sign(head(300), of: tree)
    let obstacle = folder.path + "/checkpoints/.acme.tmp"
    try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
    let error = #expect(throws: CheckpointRefusal.self) { try signer.sign(head(301), of: tree) }
    #expect(error?.description.contains(obstacle) == true)
    #expect(try signer.last()?.note == note)
    try FileManager.default.removeItem(atPath: obstacle)
    let next = try signer.sign(head(302), of: tree)
    #expect(try self.signer().last()?.note == next)
    #expect(throws: CheckpointRefusal.self) { try signer.sign(head(301), of: tree) }
  }

  @Test func `refuses to go on from a checkpoint that it cannot believe`() throws {
    let note = try signer().sign(head(300), of: tree)
    var changed = note.bytes
    changed[changed.count - 10] ^= 1
    for bytes in [changed, [], Array("no note\n".utf8)] {
      try folder.write(bytes, to: "checkpoints/acme")
      let error = #expect(throws: CheckpointRefusal.self) {
        try signer().sign(head(400), of: tree)
      }
      #expect(error?.description.contains("backup") == true)
    }
    try folder.write(note.bytes, to: "checkpoints/acme")
    let strangers = CheckpointKeys(current: otherKey)
    #expect(throws: CheckpointRefusal.self) { try signer(strangers).sign(head(400), of: tree) }
    // The checkpoint of another tenant in this one's place.
    let zeta = CheckpointSigner(
      logName: "redress.example", tenant: "zeta", folder: folder.path + "/checkpoints", keys: keys)
    try folder.write(try zeta.sign(head(5), of: tree).bytes, to: "checkpoints/acme")
    #expect(throws: CheckpointRefusal.self) { try signer().last() }
  }

  @Test func `continues with a new key and verifies what the old one signed`() throws {
    let old = try signer().sign(head(300), of: tree)
    let rotated = CheckpointKeys(current: otherKey, retired: [sampleKey.publicKey])
    #expect(try signer(rotated).last()?.note == old)
    let again = try signer(rotated).sign(head(300), of: tree)
    #expect(again.text == old.text && again != old)
    let next = try signer(rotated).sign(head(301), of: tree)
    let newKey = rotated.verifierKeys(origin: origin)[0]
    #expect(try next.verify(with: [newKey]) == [newKey])
    #expect(throws: CheckpointRefusal.self) { try signer(rotated).sign(head(300), of: tree) }
  }
}
