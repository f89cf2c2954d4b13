import EventSourcing
import Foundation
import Testing

@testable import EventLog

/// A backup, and a restore, stops at every call that changes something, in every way.
@Suite struct BackupFaultTests {
  @Test(arguments: FaultyFileSystem.Fault.allCases)
  func `wherever a backup ends, it is a beginning of the log, and the next run completes it`(
    fault: FaultyFileSystem.Fault
  ) throws {
    let folder = try SealingTests.sample(commits: 30)
    let early = TemporaryFolder()
    _ = try LogBackup.run(from: folder.log, to: early.log)
    let count = try contents(of: folder.log).count
    try BackupTests.append(20, to: folder)
    try LogSealing.seal(folder: folder.log, configuration: SealingTests.small)
    let checkpoints = folder.log + "/checkpoints"
    try FileManager.default.createDirectory(
      atPath: checkpoints, withIntermediateDirectories: true)
    try Data("note".utf8).write(to: URL(fileURLWithPath: checkpoints + "/t0"))
    let expected = try contents(of: folder.log)
    var failingCall = 0
    while true {
      let backup = try early.copy()
      let fileSystem = FaultyFileSystem(failingCall: failingCall, fault)
      let isFaultless =
        (try? LogBackup.run(from: folder.log, to: backup.log, fileSystem: fileSystem)) != nil
      try BackupTests.expectBeginning(
        backup.log, of: expected, "call \(failingCall)", atLeast: count)
      let note = FileManager.default.contents(atPath: backup.log + "/checkpoints/t0")
      let held = try contents(of: backup.log)
      #expect(note == nil || held == expected)
      _ = try LogBackup.run(from: folder.log, to: backup.log)
      #expect(try contents(of: backup.log) == expected)
      let names = try FileManager.default.contentsOfDirectory(atPath: backup.log)
      #expect(!names.contains { $0.hasSuffix(FilePlacement.unfinishedSuffix) })
      if isFaultless { break }
      failingCall += 1
    }
    #expect(failingCall > 15)
  }

  @Test(arguments: FaultyFileSystem.Fault.allCases)
  func `wherever a restore ends, there is the whole log or none`(
    fault: FaultyFileSystem.Fault
  ) throws {
    let folder = try SealingTests.sample(commits: 20)
    try LogSealing.seal(folder: folder.log, configuration: SealingTests.small)
    let backup = folder.path + "/backup"
    _ = try LogBackup.run(from: folder.log, to: backup)
    let expected = try contents(of: backup)
    var failingCall = 0
    while true {
      let target = TemporaryFolder()
      let fileSystem = FaultyFileSystem(failingCall: failingCall, fault)
      let isFaultless =
        (try? LogBackup.restore(from: backup, to: target.log, fileSystem: fileSystem)) != nil
      if FileManager.default.fileExists(atPath: target.log) {
        #expect(try contents(of: target.log) == expected)
      } else {
        _ = try LogBackup.restore(from: backup, to: target.log)
        #expect(try contents(of: target.log) == expected)
      }
      if isFaultless { break }
      failingCall += 1
    }
    #expect(failingCall > 8)
  }
}
