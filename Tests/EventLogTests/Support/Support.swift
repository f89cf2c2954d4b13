// Lines that carry what the index needs, and folders that vanish.

import EventSourcing
import Foundation
import JudgedLogs
import Synchronization
import Testing
import Threading

@testable import EventLog

/// A folder for one test, in memory where there is such a thing, because tests sync thousands of
/// times.
///
/// The log in it is judged from outside at the end, unless the test put bytes of its own there.
final class TemporaryFolder: Sendable {
  let path: String
  private let isTamperedWith = Atomic(false)

  init() {
    let memory = "/dev/shm"
    let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : "/tmp"
    path = "\(parent)/event-log-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    if !isTamperedWith.load(ordering: .relaxed) { JudgedLogs.keep(log, lines: .any) }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Says that what is in the log is not what a log would have written.
  private func tamper() { isTamperedWith.store(true, ordering: .relaxed) }

  var log: String { path + "/log" }

  var segments: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: log)) ?? []
    return names.filter { $0.hasSuffix(".zst") }.sorted()
  }

  func bytes(of name: String) -> [UInt8] {
    [UInt8](FileManager.default.contents(atPath: log + "/" + name) ?? Data())
  }

  func remove(_ name: String) throws {
    tamper()
    try FileManager.default.removeItem(atPath: log + "/" + name)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    tamper()
    try Data(bytes).write(to: URL(fileURLWithPath: log + "/" + name))
  }

  func removeIndex() {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: log + "/index.sqlite" + suffix)
    }
  }

  /// The segments as they are now, without the index, as after a kill.
  func copy() throws -> TemporaryFolder {
    let copy = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: copy.log, withIntermediateDirectories: true)
    for name in segments { try copy.write(bytes(of: name), to: name) }
    copy.isTamperedWith.store(isTamperedWith.load(ordering: .relaxed), ordering: .relaxed)
    return copy
  }

  func open(
    _ configuration: EventLog.Configuration = .unsealed,
    fileSystem: any FileSystem = RealFileSystem(),
    onFailure: @escaping @Sendable (LogError) -> Void = { Issue.record($0) },
    onSealing: @escaping @Sendable (Result<SealingReport, LogError>) -> Void = { _ in }
  ) throws -> (log: EventLog, report: RecoveryReport) {
    try EventLog.open(
      folder: log, configuration: configuration, fileSystem: fileSystem, describe: describe,
      onFailure: onFailure, onSealing: onSealing)
  }
}

extension EventLog.Configuration {
  /// What tests start from that count calls or look at bytes: nothing happens in the background.
  static let unsealed: EventLog.Configuration = {
    var configuration = EventLog.Configuration()
    configuration.isSealing = false
    return configuration
  }()
}

/// A line as tests write it: `stream command text`.
func line(_ stream: String, _ command: String, _ text: String = "x") -> String {
  "\(stream) \(command) \(text)"
}

let describe: EventLog.Describe = { line in
  let parts = String(decoding: line, as: UTF8.self).split(separator: " ")
  return (StreamName(String(parts[0])), CommandID(unchecked: String(parts[1])))
}

extension Commit {
  /// A commit with one line for each stream.
  static func make(
    _ tenant: String, at position: Int, _ command: String, _ streams: [String],
    text: String = "x"
  ) -> Commit {
    let lines = streams.map { line($0, command, text) + "\n" }.joined()
    return Commit(
      tenant: TenantID(unchecked: tenant), commandID: CommandID(unchecked: command),
      firstPosition: Position(UInt64(position)), lines: Array(lines.utf8),
      streams: streams.map { StreamName($0) })
  }
}

extension EventLog {
  /// Appends and waits until all are durable.
  @discardableResult
  func appendAndWait(_ commits: [Commit]) throws -> [AppendedCommit] {
    let done = Monitor<[AppendedCommit]?>(nil)
    try append(commits) { appended in done.update { $0 = appended } }
    return done.wait(upTo: .seconds(20), until: { $0 != nil }, then: { $0 }) ?? []
  }
}

/// Everything a reader sees, one text for each commit.
func contents(of folder: String) throws -> [String] {
  let reader = try LogReader(folder: folder, verifyingChain: true)
  var commits: [String] = []
  try reader.forEachCommit(upTo: nil) { commit in
    let text = String(decoding: commit.bytes, as: UTF8.self)
    commits.append("\(commit.ordinal) \(commit.tenant)@\(commit.firstPosition) \(text)")
    return true
  }
  return commits
}
