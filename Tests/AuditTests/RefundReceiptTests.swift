// A refund's receipt: every event of its stream, proved by one checkpoint and counted by a signed
// statement; and when there is none.

import Audit
import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import RunningRedress
import Testing
import Threading
import Transparency

struct `The receipt of a refund` {
  private let acme = TenantID(unchecked: "acme")
  private let r1 = RefundID(unchecked: "r1")

  private func publisher(of redress: RunningRedress) throws -> CheckpointPublisher {
    CheckpointPublisher(
      log: redress.log, folder: redress.logFolder, logName: "test",
      keys: try KeyFolder(path: redress.folder + "/keys").open(), clock: noon())
  }

  /// A history of two refunds with other events around them.
  private func withTwoRefunds(_ body: (RunningRedress) async throws -> Void) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    try await redress.requestAndApprove("r1")
    for number in 0..<300 {
      _ = try await redress.submit(
        "customer-\(number)", "RegisterCustomer", #"{"customerId":"cus_\#(number)"}"#)
    }
    try await redress.requestAndApprove("r2")
    try await body(redress)
    redress.stop()
  }

  @Test func `has each event with its proof, and says how many there are`() async throws {
    try await withTwoRefunds { redress in
      let publisher = try publisher(of: redress)
      let keys = publisher.verifierKeys(of: acme)
      let receipt = try #require(try publisher.receipt(of: r1, in: acme))
      let document = try JSONValue(parsing: receipt.bytes)
      #expect(document.json + [UInt8(ascii: "\n")] == receipt.bytes)
      #expect(
        document.members?.map(\.key) == [
          "format", "tenant", "refund", "events", "checkpoint", "statement", "schemas",
        ])
      let recorded = try redress.history().filter { $0.stream.rawValue == "refund/r1" }
      let events = document["events"]?.elements ?? []
      #expect(recorded.count == events.count && events.count == 2)
      let note = Array((document["checkpoint"]?.string ?? "").utf8)
      for (event, recorded) in zip(events, recorded) {
        let line = Array((event["line"]?.string ?? "").utf8)
        #expect(try RecordedEvent(line: line) == recorded)
        let proof = try TlogProof(Array((event["proof"]?.string ?? "").utf8) + note)
        #expect(proof.index == recorded.position.value)
        try proof.verify(leafHash: leafHash(line), origin: "test/acme", keys: keys)
      }
      let head = try Checkpoint(text: receipt.checkpoint.text).head
      #expect(head.size == redress.log.durableEnd(of: acme).value)
      try receipt.statement.verify(with: keys)
      let lines = receipt.statement.text.split(separator: "\n")
      #expect(
        lines.prefix(4) == ["redress.receipt/v1", "log test/acme", "stream refund/r1", "events 2"])
      #expect(lines[4].hasPrefix("tree \(head.size) "))
      let schemas = document["schemas"]?.elements ?? []
      let named = try events.map { event in
        try JSONValue(parsing: Array((event["line"]?.string ?? "").utf8))["dataschema"]?.string
      }
      // The line of the approval comes after that of the request.
      #expect(schemas.map { $0["id"]?.string } == named.reversed() + ["urn:redress:types:1"])
      for (schema, line) in zip(schemas, lines.dropFirst(5)) {
        let id = try #require(schema["id"]?.string)
        #expect(schema["text"]?.string == PublishedSchemas.text(of: id))
        #expect(line.hasPrefix("schema \(id) "))
      }
      #expect(lines.count == 5 + schemas.count)
    }
  }

  @Test func `is the same for the same checkpoint, and has no other refund`() async throws {
    try await withTwoRefunds { redress in
      let first = try #require(try publisher(of: redress).receipt(of: r1, in: acme))
      let again = try #require(try publisher(of: redress).receipt(of: r1, in: acme))
      #expect(first.bytes == again.bytes)
      _ = try await redress.submit("one-more", "RegisterCustomer", #"{"customerId":"last"}"#)
      let later = try #require(try publisher(of: redress).receipt(of: r1, in: acme))
      #expect(later.bytes != first.bytes)
      #expect(later.events.map(\.line) == first.events.map(\.line))
      let other = try #require(
        try publisher(of: redress).receipt(of: RefundID(unchecked: "r2"), in: acme))
      #expect(Set(other.events.map(\.line)).isDisjoint(with: first.events.map(\.line)))
      let none = RefundID(unchecked: "none")
      #expect(try publisher(of: redress).receipt(of: none, in: acme)?.bytes == nil)
    }
  }

  @Test func `is not made of a history that contradicts a checkpoint`() async throws {
    try await withTwoRefunds { redress in
      let key = CheckpointSigner(
        logName: "test", tenant: "acme", folder: redress.logFolder + "/checkpoints",
        keys: try KeyFolder(path: redress.folder + "/keys").open())
      let end = redress.log.durableEnd(of: acme).value
      let other = (0...end).map { leafHash(Array("other \($0)".utf8)) }
      var writer = TileWriter()
      for leaf in other { writer.append(leaf) }
      let tiles = TileFolder(path: redress.folder + "/other-tiles")
      try writer.flush(to: tiles)
      let tree = MerkleTree(size: writer.size, tiles: tiles) { range in
        Array(other[Int(range.lowerBound)..<Int(range.upperBound)])
      }
      _ = try key.sign(TreeHead(size: writer.size, root: writer.root()), of: tree)
      #expect(throws: CheckpointRefusal.self) {
        try publisher(of: redress).receipt(of: r1, in: acme)
      }
    }
  }

  /// A line whose envelope is valid; a receipt does not read the data.
  private func line(_ position: Int, _ type: String, _ stream: String) -> String {
    let hash = String(repeating: "0", count: 32)
    return """
      {"specversion":"1.0","id":"\(position)","source":"/tenants/acme","type":"\(type)",\
      "dataschema":"urn:redress:event:\(type):1","subject":"\(stream)",\
      "time":"2026-01-16T10:00:00.000000Z","recordedtime":"2026-01-16T10:00:00.000000Z",\
      "revision":0,"commandid":"c","commandhash":"\(hash)","actor":"agent/kim","peeruid":1000,\
      "data":{}}
      """
  }

  @Test func `is not made of a damaged tile, an unknown schema or another stream's event`()
    throws
  {
    let folder = NSTemporaryDirectory() + "redress-receipt-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let (log, _) = try EventLog.open(
      folder: folder + "/log",
      describe: { line in
        ((try? EventHeader(line: line))?.stream ?? StreamName("s"), CommandID(unchecked: "c"))
      },
      onFailure: { Issue.record($0) })
    let special = [
      5: ("refund/r1", line(5, "RefundApproved", "refund/r1")),
      6: ("refund/newer", line(6, "RefundTeleported", "refund/newer")),
      7: ("refund/wrong", line(7, "RefundApproved", "refund/r1")),
    ]
    // So many that a tile of level 1 is full: the next signing writes partial tiles again.
    let durable = Monitor(0)
    for number in 0..<66 {
      let places = number * 1_000..<(number + 1) * 1_000
      let lines = places.map { (special[$0]?.1 ?? "\($0)") + "\n" }.joined()
      try log.append(
        Commit(
          tenant: acme, commandID: CommandID(unchecked: "c\(number)"),
          firstPosition: Position(UInt64(places.lowerBound)), lines: Array(lines.utf8),
          streams: places.map { StreamName(special[$0]?.0 ?? "s") })
      ) { _ in durable.update { $0 += 1 } }
    }
    durable.wait(until: { $0 == 66 })
    let publisher = CheckpointPublisher(
      log: log, folder: folder + "/log", logName: "test",
      keys: try KeyFolder(path: folder + "/keys").open(), clock: noon())
    #expect(try publisher.receipt(of: r1, in: acme)?.events.count == 1)
    let missing = #expect(throws: MissingSchema.self) {
      try publisher.receipt(of: RefundID(unchecked: "newer"), in: acme)
    }
    #expect(missing?.id == "urn:redress:event:RefundTeleported:1")
    let tile = folder + "/log/tiles/acme/tile/1/000"
    var damaged = try #require(FileManager.default.contents(atPath: tile))
    damaged[40 * 32] ^= 1
    try damaged.write(to: URL(filePath: tile))
    #expect(throws: TransparencyError.otherTiles(treeSize: 66_000)) {
      try publisher.receipt(of: r1, in: acme)
    }
    // Last, because an index that says what is not so is made anew.
    #expect(throws: LogError.self) {
      try publisher.receipt(of: RefundID(unchecked: "wrong"), in: acme)
    }
    log.close()
  }
}
