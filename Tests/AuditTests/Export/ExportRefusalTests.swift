// When there is no export, and that nothing is left of one then.

import Audit
import EventLog
import EventSourcing
import Foundation
import RunningRedress
import Testing
import Transparency

struct `An export is refused` {
  private func withShop(_ body: (ExportedShop) async throws -> Void) async throws {
    let shop = try await ExportedShop()
    try shop.makeExportsFolder()
    try await body(shop)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: shop.redress.folder + "/exports")
        .filter { $0.hasPrefix(".") } == [])
  }

  @Test func `where nothing is signed`() async throws {
    try await withShop { shop in
      let error = #expect(throws: ExportError.self) { try shop.export(to: "a") }
      #expect(error == .noCheckpoint(ExportedShop.acme))
    }
  }

  @Test func `where its folder is in use, or is a file`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      let files = FileManager.default
      try files.createDirectory(atPath: shop.path("empty"), withIntermediateDirectories: true)
      try shop.export(to: "empty")
      #expect(try shop.files(of: "empty").contains("manifest.json"))
      let error = #expect(throws: ExportError.self) { try shop.export(to: "empty") }
      #expect(error == .targetInUse(path: shop.path("empty"), holding: "FORMAT.md"))
      #expect(files.createFile(atPath: shop.path("file"), contents: nil))
      #expect(throws: ExportError.targetNoFolder(path: shop.path("file"))) {
        try shop.export(to: "file")
      }
      #expect(throws: ExportError.self) { try shop.export(to: "no/such/parent") }
    }
  }

  @Test func `where a replaced key signed the newest checkpoint`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      let keys = try KeyFolder(path: shop.redress.folder + "/keys").rotate()
      let error = #expect(throws: ExportError.self) { try shop.export(to: "a") { $0.keys = keys } }
      #expect(error == .retiredKey(ExportedShop.acme))
    }
  }

  @Test func `where the log is not what was signed`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      let honest = try await HonestHistory.shared.value
      let other = shop.redress.folder + "/other"
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
      _ = try ForgedHistory(honest).write(to: other)
      let notes = other + "/log/checkpoints"
      try FileManager.default.removeItem(atPath: notes)
      try FileManager.default.copyItem(
        atPath: shop.redress.logFolder + "/checkpoints", toPath: notes)
      #expect(throws: CheckpointMismatch.self) {
        try shop.export(to: "a") { $0.logFolder = other + "/log" }
      }
    }
  }

  @Test func `where the newest checkpoint ends inside a commit`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      var size: UInt64?
      try LogReader(folder: shop.redress.logFolder).forEachCommit(upTo: nil) { commit in
        if commit.tenant == ExportedShop.acme, commit.eventCount > 1 {
          size = commit.firstPosition.value + 1
        }
        return size == nil
      }
      let head = TreeHead(size: try #require(size), root: leafHash([1]))
      let key = try KeyFolder(path: shop.redress.folder + "/keys").open()
        .signingKey(origin: "test/acme")
      let text = Checkpoint(origin: "test/acme", head: head).text
      let note = SignedNote(text: text, signedBy: [key])
      try Data(note.bytes).write(
        to: URL(filePath: shop.redress.logFolder + "/checkpoints/acme"))
      let mismatch = #expect(throws: CheckpointMismatch.self) { try shop.export(to: "a") }
      #expect(mismatch?.reason.hasPrefix("its \(head.size) events end inside commit ") == true)
    }
  }

  @Test func `where an earlier checkpoint is not of its history`() async throws {
    try await withShop { shop in
      let then = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try await shop.acme("RegisterCustomer", #"{"customerId":"later"}"#)
      let now = try shop.publisher.checkpoint(of: ExportedShop.acme)
      let size = try Checkpoint(text: then.text).head.size
      try shop.export(to: "a") { $0.earlier = [EarlierCheckpoint(file: "then", bytes: then.bytes)] }
      #expect(try shop.file("checkpoints/\(size).note", of: "a") == then.bytes)
      let proof = try ConsistencyProof(shop.file("checkpoints/\(size).consistency", of: "a"))
      let (old, new) = (try Checkpoint(text: then.text), try Checkpoint(text: now.text))
      try proof.verify(oldRoot: old.head.root, newRoot: new.head.root)

      let origin = "test/acme"
      let key = try KeyFolder(path: shop.redress.folder + "/keys").open().signingKey(origin: origin)
      func refusal(_ checkpoint: Checkpoint, by key: SigningKey) -> ExportError? {
        let note = SignedNote(text: checkpoint.text, signedBy: [key])
        return #expect(throws: ExportError.self) {
          try shop.export(to: "b") {
            $0.earlier = [EarlierCheckpoint(file: "old", bytes: note.bytes)]
          }
        }
      }
      let signed = try Checkpoint(text: then.text)
      var fork = signed
      fork.head.root = leafHash([1])
      #expect(
        refusal(fork, by: key)
          == .otherHistory(file: "old", reason: "its first \(size) events are others"))
      var future = signed
      future.head.size = size + 2
      #expect(
        refusal(future, by: key)
          == .otherHistory(
            file: "old",
            reason: "\(size + 2) events were signed, and the newest checkpoint has \(size + 1)"))
      let stranger = try KeyFolder(path: shop.redress.folder + "/strange").open()
      let foreign = refusal(signed, by: stranger.signingKey(origin: origin))
      #expect(foreign?.description.contains("old is not a checkpoint of this tenant") == true)
    }
  }
}
