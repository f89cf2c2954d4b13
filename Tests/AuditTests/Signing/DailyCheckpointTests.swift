// The notes that are kept by day, and what an audit says of the days without one.

import Audit
import EventSourcing
import Foundation
import PersonalData
import RunningRedress
import Testing
import Transparency

struct `The checkpoints that are kept by day` {
  private let acme = TenantID(unchecked: "acme")

  /// Runs one day: records `count` customers, and signs if there is a publisher's day.
  private func run(
    _ day: String, in folder: String? = nil, customers count: Int, signingOn signed: String?
  ) async throws -> RunningRedress {
    let redress = try RunningRedress(folder: folder, now: Timestamp("\(day)T10:00:00Z"))
    if folder == nil { try await redress.prepare() }
    for number in 0..<count {
      let id = "\(day)-\(number)"
      _ = try await redress.submit(id, "RegisterCustomer", #"{"customerId":"\#(id)"}"#)
    }
    if let signed { _ = try publisher(of: redress, on: signed).checkpoint(of: acme) }
    redress.stop()
    return redress
  }

  private func publisher(
    of redress: RunningRedress, on day: String
  ) throws -> CheckpointPublisher {
    CheckpointPublisher(
      log: redress.log, folder: redress.logFolder, logName: "test", keys: try keys(of: redress),
      clock: noon(day))
  }

  private func keys(of redress: RunningRedress) throws -> CheckpointKeys {
    try KeyFolder(path: redress.folder + "/keys").open()
  }

  private func kept(of redress: RunningRedress) throws -> [CalendarDate: TreeHead] {
    try DailyCheckpoints(of: acme, in: redress.logFolder).heads(
      of: acme, origin: "test/acme", keys: keys(of: redress).verifierKeys(origin: "test/acme"))
  }

  private func audit(_ redress: RunningRedress) throws -> AuditedTenant? {
    var configuration = ComplianceAudit.Configuration(logFolder: redress.logFolder, build: "")
    let signer = CheckpointSigner(
      logName: "test", tenant: "acme", folder: redress.logFolder + "/checkpoints",
      keys: try keys(of: redress))
    configuration.checkpoints[acme] = try signer.last()?.checkpoint.head
    configuration.dailyCheckpoints[acme] = try kept(of: redress)
    return try ComplianceAudit(configuration).run().tenants.first { $0.tenant == acme }
  }

  /// Five days: signed, signed, not signed, signed late in the next, not signed yet.
  private func fiveDays() async throws -> RunningRedress {
    let first = try await run("2026-01-12", customers: 2, signingOn: "2026-01-12")
    let folder = first.folder
    _ = try await run("2026-01-13", in: folder, customers: 1, signingOn: "2026-01-13")
    _ = try await run("2026-01-14", in: folder, customers: 3, signingOn: nil)
    _ = try await run("2026-01-15", in: folder, customers: 1, signingOn: "2026-01-16")
    return try await run("2026-01-17", in: folder, customers: 4, signingOn: nil)
  }

  @Test func `are the last note of each day, and no note without new events`() async throws {
    let redress = try await run("2026-01-12", customers: 1, signingOn: nil)
    defer { redress.removeFolder() }
    let folder = redress.folder
    let again = try RunningRedress(folder: folder, now: Timestamp("2026-01-12T11:00:00Z"))
    let morning = try publisher(of: again, on: "2026-01-12")
    let first = try morning.checkpoint(of: acme)
    _ = try await again.submit("c", "RegisterCustomer", #"{"customerId":"c"}"#)
    let second = try morning.checkpoint(of: acme)
    _ = try publisher(of: again, on: "2026-01-13").checkpoint(of: acme)
    let days = DailyCheckpoints(of: acme, in: again.logFolder)
    #expect(try days.days().map { "\($0)" } == ["2026-01-12"])
    #expect(try days.newest()?.note == second && first != second)
    again.stop()
  }

  @Test func `stay when the clock was set back`() async throws {
    let redress = try await run("2026-01-12", customers: 1, signingOn: "2026-01-12")
    defer { redress.removeFolder() }
    let days = DailyCheckpoints(of: acme, in: redress.logFolder)
    let first = try days.newest()?.note
    let again = try await run(
      "2026-01-14", in: redress.folder, customers: 1, signingOn: "2026-01-14")
    let second = try days.newest()?.note
    let third = try await run(
      "2026-01-14", in: again.folder, customers: 2, signingOn: "2026-01-12")
    #expect(try days.days().map { "\($0)" } == ["2026-01-12", "2026-01-14"])
    #expect(try days.note(of: #require(days.days().first)) == first)
    #expect(try days.newest()?.note != second, "the later day has the newer note")
    #expect(try kept(of: third).count == 2)
  }

  @Test func `get the cosignatures that come for their note`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let publisher = try publisher(of: redress, on: "2026-01-12")
    let note = try publisher.checkpoint(of: acme)
    let witness = try KeyFolder(path: redress.folder + "/witness").open()
    let others = SignedNote(
      text: note.text, signedBy: [witness.signingKey(origin: "witness")]
    ).signatures
    try publisher.add(others, to: note.text, of: acme)
    let days = DailyCheckpoints(of: acme, in: redress.logFolder)
    #expect(try days.newest()?.note.signatures == note.signatures + others)
    redress.stop()
  }

  @Test func `show the days on which nothing was signed, with their positions`() async throws {
    let redress = try await fiveDays()
    defer { redress.removeFolder() }
    let signing = try #require(try audit(redress)?.signing)
    #expect(signing.keptCount == 3 && signing.since.map { "\($0)" } == "2026-01-12")
    #expect(signing.gaps.map { "\($0.day)" } == ["2026-01-14", "2026-01-15"])
    #expect(signing.gaps.map { $0.signedOn.map { "\($0)" } } == ["2026-01-16", "2026-01-16"])
    let sizes = try kept(of: redress).sorted { $0.key < $1.key }.map(\.value.size)
    #expect(
      signing.gaps.map(\.positions) == [
        Position(sizes[1])...Position(sizes[1] + 2),
        Position(sizes[1] + 3)...Position(sizes[1] + 3),
      ])
    #expect(signing.unsignedCount == 4)
    let running = try RunningRedress(folder: redress.folder)
    let history = try publisher(of: running, on: "2026-01-17").signingHistory(of: acme)
    #expect(history?.record == signing, "a running service finds the same without a replay")
    #expect(history?.lastRecorded == Timestamp("2026-01-15T10:00:00Z"))
    #expect(history?.kept.map(\.head.size) == sizes)
    running.stop()
  }

  @Test func `leave a gap where one was removed, and nothing known where none is kept`()
    async throws
  {
    let redress = try await fiveDays()
    defer { redress.removeFolder() }
    let folder = redress.logFolder + "/checkpoints-by-day"
    try FileManager.default.removeItem(atPath: folder + "/acme/2026-01-13")
    let signing = try #require(try audit(redress)?.signing)
    let days = ["2026-01-13", "2026-01-14", "2026-01-15"]
    #expect(signing.gaps.map { "\($0.day)" } == days)
    try FileManager.default.removeItem(atPath: folder)
    let old = try #require(try audit(redress)?.signing)
    #expect(old.since == nil && old.gaps == [] && old.unsignedCount == 4)
  }

  @Test func `are refused where a byte was changed, and where another history was signed`()
    async throws
  {
    let redress = try await fiveDays()
    defer { redress.removeFolder() }
    let path = redress.logFolder + "/checkpoints-by-day/acme/2026-01-13"
    let bytes = try #require(FileManager.default.contents(atPath: path))
    var changed = bytes
    changed[changed.count - 10] ^= 1
    try changed.write(to: URL(filePath: path))
    #expect(throws: CheckpointMismatch.self) { try audit(redress) }
    // The log's own key signs what never was.
    let head = TreeHead(size: 2, root: leafHash([1]))
    let key = try keys(of: redress).signingKey(origin: "test/acme")
    let note = SignedNote(
      text: Checkpoint(origin: "test/acme", head: head).text, signedBy: [key])
    try Data(note.bytes).write(to: URL(filePath: path))
    let mismatch = #expect(throws: CheckpointMismatch.self) { try audit(redress) }
    #expect(mismatch?.reason.hasPrefix("the one of 2026-01-13: the first 2 events") == true)
    let heads = [acme: try kept(of: redress)]
    #expect(throws: CheckpointMismatch.self) {
      var verification = Verification(logFolder: redress.logFolder, dailyCheckpoints: heads)
      return try verification.run()
    }
  }
}
