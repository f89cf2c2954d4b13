// Forges a history: takes an honest one, changes, removes and adds events, and writes all of it
// down as Redress would have: canonical lines, positions and revisions without gaps, a chain that
// holds, and a checkpoint signed with the log's own key.

import Audit
import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import Testing
import Threading
import Transparency

struct ForgedHistory {
  static let tenant = TenantID(unchecked: "acme")

  private(set) var commits: [[RecordedEvent]]
  let keys: CheckpointKeys
  /// Whether each commit is written by itself.
  var hasSmallFrames = false

  init(_ honest: HonestHistory) {
    (commits, keys) = (honest.commits, honest.keys)
  }

  /// Sets a value, such as `data.facts.lastDay` or `actor`, of the first event of a type in a
  /// stream.
  mutating func set(_ path: String, to json: String, of type: String, in stream: String) throws {
    let (commit, index) = try place(of: type, in: stream)
    var line: [UInt8] = []
    commits[commit][index].write(to: &line)
    var value = try JSONValue(parsing: line)
    try value.set(path.split(separator: ".")[...], to: JSONValue(parsing: Array(json.utf8)))
    commits[commit][index] = try RecordedEvent(line: value.json)
  }

  /// Removes the first event of a type in a stream, and with it a commit that has no other.
  mutating func remove(_ type: String, in stream: String) throws {
    let (commit, index) = try place(of: type, in: stream)
    commits[commit].remove(at: index)
    if commits[commit].isEmpty { commits.remove(at: commit) }
  }

  /// Adds one commit at the end.
  mutating func append(_ events: Event..., by actor: String) throws {
    let last = try #require(commits.last?.last)
    commits.append(
      try events.map { event in
        var recorded = last
        recorded.event = event
        recorded.stream = event.stream
        recorded.actor = try #require(Actor(actor))
        recorded.time = last.recordedTime
        recorded.commandID = CommandID(unchecked: "forged-\(commits.count)")
        return recorded
      })
  }

  /// Lets a commit be of the same command as an earlier one.
  mutating func repeatCommand(of earlier: Int, in commit: Int) {
    for index in commits[commit].indices {
      commits[commit][index].commandID = commits[earlier][0].commandID
    }
  }

  private func place(of type: String, in stream: String) throws -> (commit: Int, index: Int) {
    for (commit, events) in commits.enumerated() {
      let index = events.firstIndex { $0.event.type == type && $0.stream.rawValue == stream }
      if let index { return (commit, index) }
    }
    throw NoSuchEvent(type: type, stream: stream)
  }

  private struct NoSuchEvent: Error {
    var type: String
    var stream: String
  }

  /// Writes the history down, verifies it as any other, and audits it.
  ///
  /// - Parameter isVerified: whether verification accepts it.
  func audited(
    isVerified: Bool = true, _ configure: (inout ComplianceAudit.Configuration) -> Void = { _ in }
  ) throws -> AuditReport {
    try written { folder, head in
      var verification = Verification(logFolder: folder + "/log", checkpoints: [Self.tenant: head])
      if isVerified {
        #expect(throws: Never.self) { try verification.run() }
      } else {
        #expect(throws: Finding.self) { try verification.run() }
      }
      var configuration = ComplianceAudit.Configuration(logFolder: folder + "/log", build: "test")
      configuration.checkpoints = [Self.tenant: head]
      configure(&configuration)
      let audit = ComplianceAudit(configuration)
      return try audit.run()
    }
  }

  /// Writes the history down, and back-tests a change on it.
  func backtested(_ change: String) throws -> BacktestReport {
    try written { folder, _ in
      let change = try BacktestChange(json: Array(change.utf8))
      return try Backtest(.init(logFolder: folder + "/log", build: "test", change: change)).run()
    }
  }

  /// Writes the history into a folder that is gone after the body.
  func written<Result>(_ body: (String, TreeHead) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "redress-forged-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder, write(to: folder))
  }

  /// Writes and signs a log below a folder, as `test/acme`.
  ///
  /// - Returns: the signed tree.
  func write(to folder: String) throws -> TreeHead {
    let (log, _) = try EventLog.open(
      folder: folder + "/log",
      describe: { _ in (StreamName("tenant"), CommandID(unchecked: "none")) },
      onFailure: { Issue.record("\($0)") })
    defer { log.close() }
    var revisions: [StreamName: Revision] = [:]
    var position = Position.first
    let durable = Monitor(0)
    for (number, events) in commits.enumerated() {
      var commit = Commit(
        tenant: Self.tenant, commandID: events[0].commandID, firstPosition: position, lines: [],
        streams: events.map(\.stream))
      for event in events {
        var event = event
        event.position = position
        event.revision = revisions[event.stream] ?? .first
        revisions[event.stream] = event.revision.advanced(by: 1)
        position = position.advanced(by: 1)
        event.write(to: &commit.lines)
        commit.lines.append(UInt8(ascii: "\n"))
      }
      try log.append(commit) { _ in durable.update { $0 += 1 } }
      if hasSmallFrames { durable.wait(until: { $0 > number }) }
    }
    durable.wait(until: { $0 == commits.count })
    let publisher = CheckpointPublisher(
      log: log, folder: folder + "/log", logName: "test", keys: keys, clock: noon())
    return try Checkpoint(text: publisher.checkpoint(of: Self.tenant).text).head
  }
}

extension JSONValue {
  /// Sets what a path of keys and indices leads to.
  fileprivate mutating func set(_ path: ArraySlice<Substring>, to new: JSONValue) throws {
    guard let key = path.first else {
      self = new
      return
    }
    if case .array(var elements) = self, let index = Int(key), elements.indices.contains(index) {
      try elements[index].set(path.dropFirst(), to: new)
      self = .array(elements)
    } else {
      var member = self[String(key)] ?? .null
      try member.set(path.dropFirst(), to: new)
      self[String(key)] = member
    }
  }
}
