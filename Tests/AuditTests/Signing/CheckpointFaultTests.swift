// Signing goes on by itself: after an error of the system, and after tiles that were damaged.

import Audit
import EventLog
import EventSourcing
import Foundation
import RunningRedress
import Testing
import Threading
import Transparency

@Suite struct CheckpointFaultTests {
  private let acme = TenantID(unchecked: "acme")

  private func publisher(
    of redress: RunningRedress, notes: Notes? = nil
  ) throws -> CheckpointPublisher {
    CheckpointPublisher(
      log: redress.log, folder: redress.logFolder, logName: "test",
      keys: try KeyFolder(path: redress.folder + "/keys").open(), clock: noon(), notes: notes,
      retries: BackOff(first: .milliseconds(5), limit: .milliseconds(20)))
  }

  private func signedSize(in redress: RunningRedress) throws -> UInt64? {
    let path = redress.logFolder + "/checkpoints/acme"
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    return try Checkpoint(text: try SignedNote([UInt8](bytes)).text).head.size
  }

  @Test(.timeLimit(.minutes(1)))
  func `a checkpoint that cannot be written is tried again until it can`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    // A file where the folder has to be.
    let obstacle = redress.logFolder + "/checkpoints"
    try Data().write(to: URL(filePath: obstacle))
    let publisher = try publisher(of: redress)
    let results = Monitor<[Int]>([])
    publisher.start(every: .seconds(3_600)) { errors in results.update { $0.append(errors.count) } }
    results.wait(until: { $0.count >= 3 })
    #expect(results.withLock { $0.allSatisfy { $0 > 0 } })
    try FileManager.default.removeItem(atPath: obstacle)
    results.wait(until: { $0.last == 0 })
    #expect(try signedSize(in: redress) == redress.log.durableEnd(of: acme).value)
    publisher.stop()
    redress.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func `a day's note that cannot be kept is tried again although nothing grew`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let obstacle = redress.logFolder + "/checkpoints-by-day"
    try Data().write(to: URL(filePath: obstacle))
    let publisher = try publisher(of: redress)
    let results = Monitor<[Int]>([])
    publisher.start(every: .seconds(3_600)) { errors in results.update { $0.append(errors.count) } }
    results.wait(until: { $0.count >= 2 })
    try FileManager.default.removeItem(atPath: obstacle)
    results.wait(until: { $0.last == 0 })
    #expect(try DailyCheckpoints(of: acme, in: redress.logFolder).newest() != nil)
    publisher.stop()
    redress.stop()
  }

  @Test(arguments: [true, false])
  func `a newest checkpoint that is missing is put back from those by day`(isRunning: Bool)
    async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let first = try publisher(of: redress)
    let note = try first.checkpoint(of: acme)
    try FileManager.default.removeItem(atPath: redress.logFolder + "/checkpoints")
    let publisher = isRunning ? first : try self.publisher(of: redress)
    if !isRunning { #expect(publisher.contradictions().isEmpty) }
    #expect(try publisher.checkpoint(of: acme) == note)
    #expect(try signedSize(in: redress) == redress.log.durableEnd(of: acme).value)
    // Another history than the one that was signed is refused, as if nothing had been missing.
    try FileManager.default.removeItem(atPath: redress.logFolder + "/checkpoints")
    let other = CheckpointPublisher(
      log: redress.log, folder: redress.logFolder, logName: "test",
      keys: try KeyFolder(path: redress.folder + "/other-keys").open(), clock: noon())
    #expect(throws: CheckpointRefusal.self) { try other.checkpoint(of: acme) }
    redress.stop()
  }

  /// Notes in memory, as a service has them outside the log's folder.
  private final class Notes: KeptNotes {
    private let all = Monitor<[TenantID: SignedNote]>([:])
    let place = "the test's memory"

    func tenants() -> [TenantID] { all.withLock { $0.keys.sorted() } }
    func note(of tenant: TenantID) -> SignedNote? { all.withLock { $0[tenant] } }
    func keep(_ note: SignedNote, of tenant: TenantID) { all.update { $0[tenant] = note } }
  }

  @Test func `a newest checkpoint whose folders are all missing is put back from outside`()
    async throws
  {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let (notes, reports) = (Notes(), Monitor<[String]>([]))
    let publisher = { (keys: String) in
      CheckpointPublisher(
        log: redress.log, folder: redress.logFolder, logName: "test",
        keys: try KeyFolder(path: redress.folder + keys).open(), clock: noon(), notes: notes,
        report: { line in reports.update { $0.append(line) } })
    }
    let note = try publisher("/keys").checkpoint(of: acme)
    for name in ["checkpoints", "checkpoints-by-day"] {
      try FileManager.default.removeItem(atPath: "\(redress.logFolder)/\(name)")
    }
    let second = try publisher("/keys")
    #expect(second.contradictions().isEmpty)
    #expect(try second.storedCheckpoint(of: acme) == note)
    #expect(try second.checkpoint(of: acme) == note)
    let said = reports.withLock { $0 }
    #expect(said.count == 1 && said[0].contains("(the test's memory), was put back"), "\(said)")
    for name in ["checkpoints", "checkpoints-by-day"] {
      try FileManager.default.removeItem(atPath: "\(redress.logFolder)/\(name)")
    }
    let other = try publisher("/other-keys")
    #expect(throws: CheckpointRefusal.self) { try other.checkpoint(of: acme) }
    redress.stop()
  }

  /// Starts a publisher and stops it after its first attempt.
  private func start(_ publisher: CheckpointPublisher) {
    let results = Monitor<[Int]>([])
    publisher.start(every: .seconds(3_600)) { errors in results.update { $0.append(errors.count) } }
    results.wait(until: { !$0.isEmpty })
    #expect(results.withLock { $0[0] } == 0)
    publisher.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func `a note that is missing outside is copied there although nothing grew`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let note = try publisher(of: redress).checkpoint(of: acme)
    let notes = Notes()
    start(try publisher(of: redress, notes: notes))
    #expect(notes.note(of: acme) == note)
    // One that was signed just before a process was killed.
    _ = try await redress.submit("late", "RegisterCustomer", #"{"customerId":"late"}"#)
    let late = try publisher(of: redress).checkpoint(of: acme)
    start(try publisher(of: redress, notes: notes))
    #expect(notes.note(of: acme) == late)
    redress.stop()
  }

  @Test(.timeLimit(.minutes(1)))
  func `a copy outside that is newer than the folder stays`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    _ = try publisher(of: redress).checkpoint(of: acme)
    redress.stop()
    let copy = redress.folder + "-older"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try FileManager.default.copyItem(atPath: redress.folder, toPath: copy)
    let again = try RunningRedress(folder: redress.folder)
    _ = try await again.submit("late", "RegisterCustomer", #"{"customerId":"late"}"#)
    let notes = Notes()
    let note = try publisher(of: again, notes: notes).checkpoint(of: acme)
    again.stop()
    let older = try RunningRedress(folder: copy)
    start(try publisher(of: older, notes: notes))
    #expect(notes.note(of: acme) == note)
    older.stop()
  }

  @Test(arguments: [Data(), Data("damaged".utf8), Data(repeating: 1, count: 32 * 2)])
  func `tiles that are damaged are made anew`(tile: Data) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    func register(_ numbers: Range<Int>) async throws {
      for number in numbers {
        _ = try await redress.submit(
          "customer-\(number)", "RegisterCustomer", #"{"customerId":"cus_\#(number)"}"#)
      }
    }
    try await register(0..<520)
    let publisher = try publisher(of: redress)
    _ = try publisher.checkpoint(of: acme)
    let path = redress.logFolder + "/tiles/acme/tile/1/000.p/2"
    let good = try #require(FileManager.default.contents(atPath: path))
    try tile.write(to: URL(filePath: path))
    try await register(520..<523)
    let note = try publisher.checkpoint(of: acme)
    #expect(try Checkpoint(text: note.text).head.size == redress.log.durableEnd(of: acme).value)
    #expect(FileManager.default.contents(atPath: path) == good)
    redress.stop()
  }
}
