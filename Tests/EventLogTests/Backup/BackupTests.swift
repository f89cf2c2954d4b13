import EventSourcing
import Foundation
import Testing
import Threading

@testable import EventLog

@Suite struct BackupTests {
  /// What a backup must be to a log: a beginning of it.
  static func expectBeginning(
    _ backup: String, of expected: [String], _ comment: Comment = "", atLeast: Int = 0
  ) throws {
    let found = try contents(of: backup)
    #expect(found == Array(expected.prefix(found.count)), comment)
    #expect(found.count >= atLeast, comment)
    #expect(try LogReader.verify(folder: backup).tornTail == nil, comment)
  }

  static func append(_ count: Int, to folder: TemporaryFolder) throws {
    let (log, _) = try folder.open(SealingTests.small)
    let tenant = TenantID(unchecked: "t0")
    for index in 0..<count {
      let next = Int(log.nextPosition(of: tenant).value)
      let text = String(repeating: "y", count: index * 37 % 300)
      try log.appendAndWait([.make("t0", at: next, "n\(next)", ["s/\(index % 5)"], text: text)])
    }
    log.close()
  }

  @Test func `a second run adds what is new, sealed segments replace unsealed ones`() throws {
    let folder = try SealingTests.sample()
    let backup = folder.path + "/backup"
    let first = try LogBackup.run(from: folder.log, to: backup)
    #expect(first.copiedSegments == folder.segments.count && first.linkedSegments == 0)
    #expect(try contents(of: backup) == contents(of: folder.log))
    #expect(first.chain == (try LogReader.verify(folder: folder.log).chain))

    let again = try LogBackup.run(from: folder.log, to: backup)
    #expect(again.keptSegments == folder.segments.count && again.copiedSegments == 0)

    try LogSealing.seal(folder: folder.log, configuration: SealingTests.small)
    let full = folder.segments.count - 1
    let sealed = try LogBackup.run(from: folder.log, to: backup)
    #expect(sealed.linkedSegments == full && sealed.keptSegments == 1)
    #expect(try contents(of: backup) == contents(of: folder.log))

    try BackupTests.append(30, to: folder)
    let grown = try LogBackup.run(from: folder.log, to: backup)
    #expect(grown.keptSegments == full && grown.copiedSegments == folder.segments.count - full)
    #expect(try contents(of: backup) == contents(of: folder.log))
    let names = try FileManager.default.contentsOfDirectory(atPath: backup)
    #expect(names.sorted() == folder.segments)
  }

  @Test func `checkpoints and tiles are part of it, what is still written and the index are not`()
    throws
  {
    let folder = try SealingTests.sample(commits: 5)
    let files = FileManager.default
    for (path, text) in [
      ("checkpoints/acme", "note"), ("checkpoints/.acme.tmp", "half"),
      ("tiles/acme/tile/1/000", "tile"), ("tiles/acme/tile/1/001.p/3", "partial"),
    ] {
      let full = folder.log + "/" + path
      let parent = URL(fileURLWithPath: full).deletingLastPathComponent().path
      try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: full))
    }
    let backup = folder.path + "/backup"
    #expect(try LogBackup.run(from: folder.log, to: backup).copiedFiles == 3)
    #expect(try LogBackup.run(from: folder.log, to: backup).copiedFiles == 0)
    try Data("newer".utf8).write(to: URL(fileURLWithPath: folder.log + "/checkpoints/acme"))
    #expect(try LogBackup.run(from: folder.log, to: backup).copiedFiles == 1)
    let restored = folder.path + "/restored"
    _ = try LogBackup.restore(from: backup, to: restored)
    let paths = (files.subpaths(atPath: restored) ?? []).filter { $0.contains("/") }
    #expect(
      paths.filter { !$0.hasSuffix("tile") && !$0.hasSuffix("acme/tile/1") }.sorted() == [
        "checkpoints/acme", "tiles/acme", "tiles/acme/tile/1/000", "tiles/acme/tile/1/001.p",
        "tiles/acme/tile/1/001.p/3",
      ])
    #expect(files.contents(atPath: restored + "/checkpoints/acme") == Data("newer".utf8))
    #expect(!files.fileExists(atPath: restored + "/index.sqlite"))
  }

  @Test func `a restored log verifies, opens and continues`() throws {
    let folder = try SealingTests.sample()
    try LogSealing.seal(folder: folder.log, configuration: SealingTests.small)
    let expected = try contents(of: folder.log)
    let backup = folder.path + "/backup"
    _ = try LogBackup.run(from: folder.log, to: backup)
    let other = TemporaryFolder()
    let report = try LogBackup.restore(from: backup, to: other.log)
    #expect(report == (try LogReader.verify(folder: folder.log)))
    for name in other.segments {
      // Nothing is shared with the backup, so that nothing damages both.
      let path = other.log + "/" + name
      let links = try FileManager.default.attributesOfItem(atPath: path)[.referenceCount] as? Int
      #expect(links == 1)
    }
    try BackupTests.append(3, to: other)
    #expect(try contents(of: other.log).dropLast(3) == expected[...])
  }

  @Test func `a backup while the service writes and seals is a beginning of the log`() throws {
    let folder = TemporaryFolder()
    var configuration = SealingTests.small
    configuration.isSealing = true
    let (log, _) = try folder.open(configuration)
    let isDone = Monitor(false)
    let total = 1_000
    Thread {
      for index in 0..<total {
        _ = try! log.appendAndWait([.make("acme", at: index, "c\(index)", ["s/\(index % 9)"])])
      }
      isDone.update { $0 = true }
    }.start()
    let backup = folder.path + "/backup"
    var runs = 0
    while !isDone.withLock({ $0 }) {
      let before = log.durableEnd
      let report = try LogBackup.run(from: folder.log, to: backup)
      #expect(report.end >= before)
      #expect(try LogReader.verify(folder: backup).commits == report.end.value)
      runs += 1
    }
    log.close()
    let last = try LogBackup.run(from: folder.log, to: backup)
    #expect(last.end == Ordinal(UInt64(total)) && runs > 1)
    #expect(try contents(of: backup) == contents(of: folder.log))
  }

  @Test func `a backup of another history is left alone, and damage is not copied`() throws {
    let folder = try SealingTests.sample(seed: 1)
    let other = try SealingTests.sample(seed: 2)
    let backup = folder.path + "/backup"
    _ = try LogBackup.run(from: folder.log, to: backup)
    let before = try contents(of: backup)
    let error = #expect(throws: LogError.self) {
      _ = try LogBackup.run(from: other.log, to: backup)
    }
    guard case .otherHistory? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try contents(of: backup) == before)

    let name = folder.segments[1]
    var bytes = folder.bytes(of: name)
    bytes[bytes.count / 2] ^= 1
    try folder.write(bytes, to: name)
    #expect(throws: LogError.self) {
      _ = try LogBackup.run(from: folder.log, to: folder.path + "/new")
    }
    #expect(throws: LogError.self) { _ = try LogBackup.run(from: folder.log, to: backup) }
    #expect(try contents(of: backup) == before)
  }
}
