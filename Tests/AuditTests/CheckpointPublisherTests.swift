// A tenant's history, signed: what contradicts a signed checkpoint is never signed.

import Audit
import EventLog
import EventSourcing
import Foundation
import RunningRedress
import Testing
import Threading
import Transparency

@Suite struct CheckpointPublisherTests {
  private let acme = TenantID(unchecked: "acme")

  private func publisher(of redress: RunningRedress) throws -> CheckpointPublisher {
    CheckpointPublisher(
      log: redress.log, folder: redress.logFolder, logName: "test",
      keys: try KeyFolder(path: redress.folder + "/keys").open(), clock: noon())
  }

  private func lines(of redress: RunningRedress) throws -> [[UInt8]] {
    var lines: [[UInt8]] = []
    try LogReader(folder: redress.logFolder).forEachCommit(upTo: nil) { commit in
      commit.forEachLine { lines.append(Array($0)) }
      return true
    }
    return lines
  }

  @Test func `proves every event, now and after a restart`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    for number in 0..<300 {
      _ = try await redress.submit(
        "customer-\(number)", "RegisterCustomer", #"{"customerId":"cus_\#(number)"}"#)
    }
    let lines = try lines(of: redress)
    let first = try publisher(of: redress)
    for (index, line) in lines.enumerated() where index.isMultiple(of: 7) || index > 250 {
      let proof = try first.proof(for: Position(UInt64(index)), of: acme)
      let read = try TlogProof(proof.bytes)
      #expect(throws: Never.self) {
        try read.verify(
          leafHash: leafHash(line), origin: "test/acme", keys: first.verifierKeys(of: acme))
      }
      #expect(throws: TlogProofError.self) {
        try read.verify(
          leafHash: leafHash(line + [0x20]), origin: "test/acme",
          keys: first.verifierKeys(of: acme))
      }
    }
    let old = try first.checkpoint(of: acme)
    redress.stop()

    let restarted = try RunningRedress(folder: redress.folder)
    _ = try await restarted.submit("one-more", "RegisterCustomer", #"{"customerId":"last"}"#)
    let second = try publisher(of: restarted)
    #expect(second.contradictions().isEmpty)
    let oldHead = try Checkpoint(text: old.text).head
    let newHead = try Checkpoint(text: try second.checkpoint(of: acme).text).head
    #expect(newHead.size == oldHead.size + 1)
    let proof = try second.consistency(from: oldHead.size, to: newHead.size, of: acme)
    #expect(throws: Never.self) {
      try proof.verify(oldRoot: oldHead.root, newRoot: newHead.root)
    }
    restarted.stop()
  }

  @Test func `signs the same roots when its tiles are gone`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    for number in 0..<600 {
      _ = try await redress.submit(
        "customer-\(number)", "RegisterCustomer", #"{"customerId":"cus_\#(number)"}"#)
    }
    let before = try publisher(of: redress).checkpoint(of: acme)
    try FileManager.default.removeItem(atPath: redress.logFolder + "/tiles")
    #expect(try publisher(of: redress).checkpoint(of: acme) == before)
    redress.stop()
  }

  @Test func `hands out no proof that a damaged tile made, and all of them once it is gone`()
    throws
  {
    let folder = NSTemporaryDirectory() + "redress-tiles-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let (log, _) = try EventLog.open(
      folder: folder + "/log", describe: { _ in (StreamName("s"), CommandID(unchecked: "c")) },
      onFailure: { Issue.record($0) })
    // The next signing writes partial tiles again, but not full ones.
    let durable = Monitor(0)
    for number in 0..<66 {
      let lines = (0..<1_000).map { "\(number) \($0)\n" }.joined()
      try log.append(
        Commit(
          tenant: acme, commandID: CommandID(unchecked: "c\(number)"),
          firstPosition: Position(UInt64(number * 1_000)), lines: Array(lines.utf8),
          streams: Array(repeating: StreamName("s"), count: 1_000))
      ) { _ in durable.update { $0 += 1 } }
    }
    durable.wait(until: { $0 == 66 })
    let publisher = CheckpointPublisher(
      log: log, folder: folder + "/log", logName: "test",
      keys: try KeyFolder(path: folder + "/keys").open(), clock: noon())
    let proof = try publisher.proof(for: Position(5), of: acme)
    let consistency = try publisher.consistency(from: 300, to: 60_000, of: acme)

    let tile = folder + "/log/tiles/acme/tile/1/000"
    let bytes = try #require(FileManager.default.contents(atPath: tile))
    var damaged = bytes
    damaged[40 * 32] ^= 1
    try damaged.write(to: URL(filePath: tile))
    #expect(throws: TransparencyError.otherTiles(treeSize: 66_000)) {
      try publisher.proof(for: Position(5), of: acme)
    }
    #expect(throws: TransparencyError.otherTiles(treeSize: 66_000)) {
      try publisher.consistency(from: 300, to: 60_000, of: acme)
    }
    try bytes.write(to: URL(filePath: tile))
    #expect(try publisher.proof(for: Position(5), of: acme) == proof)
    #expect(try publisher.consistency(from: 300, to: 60_000, of: acme) == consistency)
    log.close()
  }

  @Test func `trees that lack much are brought up together, to the same roots`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    _ = try await redress.submit(
      #"{"id":"z","tenant":"zeta","type":"RegisterTenant","#
        + #""data":{"name":"Z","currency":"EUR","timeZone":"UTC"}}"#
    )
    func register(_ numbers: Range<Int>) async throws {
      for number in numbers {
        _ = try await redress.submit(
          "customer-\(number)", "RegisterCustomer", #"{"customerId":"cus_\#(number)"}"#,
          tenant: number % 3 == 0 ? "zeta" : "acme")
      }
    }
    try await register(0..<400)
    let first = try publisher(of: redress)
    _ = try first.checkpoint(of: acme)
    try await register(400..<900)
    // One tenant has tiles already, the other has none.
    let together = try publisher(of: redress)
    var reader: LogReader?
    try together.catchUp(to: redress.log.durableEnd, reading: &reader)
    let tenants = redress.log.tenants
    let notes = try tenants.map { try together.checkpoint(of: $0) }
    for part in ["checkpoints", "tiles"] {
      try FileManager.default.removeItem(atPath: "\(redress.logFolder)/\(part)")
    }
    let alone = try publisher(of: redress)
    #expect(try tenants.map { try alone.checkpoint(of: $0) } == notes)
    #expect(tenants.count == 2)
    redress.stop()
  }

  @Test func `refuses to sign an older copy of a history, and reports it at the start`()
    async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.stop()
    let copy = redress.folder + "-copy"
    try FileManager.default.copyItem(atPath: redress.folder, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }

    let longer = try RunningRedress(folder: redress.folder)
    _ = try await longer.submit("x", "RegisterCustomer", #"{"customerId":"a"}"#)
    _ = try publisher(of: longer).checkpoint(of: acme)
    longer.stop()
    for part in ["checkpoints", "tiles"] {
      try? FileManager.default.copyItem(
        atPath: "\(longer.logFolder)/\(part)", toPath: "\(copy)/log/\(part)")
    }
    try FileManager.default.removeItem(atPath: copy + "/keys")
    try FileManager.default.copyItem(atPath: longer.folder + "/keys", toPath: copy + "/keys")

    let older = try RunningRedress(folder: copy)
    let publisher = try publisher(of: older)
    #expect(publisher.contradictions().count == 1)
    #expect(throws: CheckpointRefusal.self) { try publisher.checkpoint(of: acme) }
    // Going on from the copy is a fork, which is found as soon as it is long enough to look right.
    _ = try await older.submit("y", "RegisterCustomer", #"{"customerId":"b"}"#)
    #expect(throws: CheckpointRefusal.self) { try publisher.checkpoint(of: acme) }
    _ = try await older.submit("z", "RegisterCustomer", #"{"customerId":"c"}"#)
    #expect(throws: CheckpointRefusal.self) { try publisher.checkpoint(of: acme) }
    older.stop()
  }

  @Test func `refuses to sign another history that is as long`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.stop()
    let copy = redress.folder + "-fork"
    try FileManager.default.copyItem(atPath: redress.folder, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    func register(_ customer: String, in folder: String) async throws -> RunningRedress {
      let running = try RunningRedress(folder: folder)
      _ = try await running.submit("x", "RegisterCustomer", #"{"customerId":"\#(customer)"}"#)
      return running
    }

    let signed = try await register("a", in: redress.folder)
    _ = try publisher(of: signed).checkpoint(of: acme)
    signed.stop()
    let other = try await register("b", in: copy)
    try? FileManager.default.removeItem(atPath: copy + "/keys")
    for part in ["keys", "log/checkpoints", "log/tiles"] {
      try FileManager.default.copyItem(
        atPath: "\(signed.folder)/\(part)", toPath: "\(copy)/\(part)")
    }
    // Its tiles lead to what was signed; only the lines do not.
    #expect(throws: CheckpointRefusal.self) { try publisher(of: other).checkpoint(of: acme) }
    other.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func `a thread signs what has grown when it is woken, and once more at the end`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let publisher = try publisher(of: redress)
    publisher.start(every: .seconds(3_600)) { for error in $0 { Issue.record(error) } }
    func signedSize() throws -> UInt64? {
      let path = redress.logFolder + "/checkpoints/acme"
      guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
      return try Checkpoint(text: try SignedNote([UInt8](bytes)).text).head.size
    }
    _ = try await redress.submit("one", "RegisterCustomer", #"{"customerId":"one"}"#)
    publisher.wake()
    while try signedSize() != redress.log.durableEnd(of: acme).value { await Task.yield() }
    _ = try await redress.submit("two", "RegisterCustomer", #"{"customerId":"two"}"#)
    publisher.stop()
    #expect(try signedSize() == redress.log.durableEnd(of: acme).value)
    redress.stop()
  }

  @Test func `finds in the audit that what was signed is gone or changed`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let note = try publisher(of: redress).checkpoint(of: acme)
    redress.stop()
    let head = try Checkpoint(text: note.text).head
    func verify(_ head: TreeHead) throws {
      var verification = Verification(logFolder: redress.logFolder, checkpoints: [acme: head])
      _ = try verification.run()
    }
    #expect(throws: Never.self) { try verify(head) }
    #expect(throws: CheckpointMismatch.self) {
      try verify(TreeHead(size: head.size + 1, root: head.root))
    }
    #expect(throws: CheckpointMismatch.self) {
      try verify(TreeHead(size: head.size - 1, root: head.root))
    }
  }
}
