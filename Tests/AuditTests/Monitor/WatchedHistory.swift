// A history in memory, as a monitor sees it: lines and a signed checkpoint.

import Audit
import Cryptography
import EventSourcing
import Events
import Testing
import Transparency

struct WatchedHistory: MonitoredHistory, Sendable {
  var lines: [[UInt8]]
  var key = WatchedHistory.newKey()
  var note: [UInt8] = []

  init(_ commits: [[RecordedEvent]]) {
    var revisions: [StreamName: Revision] = [:]
    var position = Position.first
    lines = commits.joined().map { event in
      var event = event
      event.position = position
      position = position.advanced(by: 1)
      event.revision = revisions[event.stream] ?? .first
      revisions[event.stream] = event.revision.advanced(by: 1)
      return Self.line(event)
    }
    sign()
  }

  /// 2,100 events: a tenant and its customers.
  static func long() async throws -> WatchedHistory {
    let honest = try await HonestHistory.shared.value.commits
    let tenant = try #require(honest.first)
    let template = try #require(
      honest.joined().first { $0.event.type == CustomerRegistered.typeName })
    return WatchedHistory(
      [tenant]
        + (1..<2_100).map { number in
          var event = template
          event.event = .customerRegistered(
            CustomerRegistered(customerID: CustomerID(unchecked: "c\(number)")))
          event.stream = event.event.stream
          event.commandID = CommandID(unchecked: "long-\(number)")
          return [event]
        })
  }

  static func newKey() -> SigningKey {
    SigningKey(name: "redress/\(ForgedHistory.tenant)", privateKey: Ed25519.PrivateKey.generate())
  }

  func first(_ count: Int) -> WatchedHistory {
    var history = self
    history.lines = Array(lines.prefix(count))
    history.sign()
    return history
  }

  /// Gives one event another command.
  mutating func rename(_ index: Int) {
    guard var event = try? RecordedEvent(line: lines[index]) else { return }
    event.commandID = CommandID(unchecked: "renamed")
    lines[index] = Self.line(event)
  }

  mutating func sign(as origin: String? = nil) {
    var tree = CompactRange()
    for line in lines { tree.append(leafHash(line)) }
    let checkpoint = Checkpoint(origin: origin ?? key.verifier.name, head: tree.head)
    note = SignedNote(text: checkpoint.text, signedBy: [key]).bytes
  }

  private static func line(_ event: RecordedEvent) -> [UInt8] {
    var line: [UInt8] = []
    event.write(to: &line)
    return line
  }

  func checkpoint(of tenant: TenantID) -> [UInt8] { note }

  func forEachLine(
    of tenant: TenantID, after place: String?,
    _ body: (_ line: UnsafeRawBufferPointer, _ place: String) throws -> Bool
  ) throws {
    let start = place.flatMap { Int($0) }.map { $0 + 1 } ?? 0
    for index in lines.indices.dropFirst(start) {
      guard try lines[index].withUnsafeBytes({ try body($0, "\(index)") }) else { return }
    }
  }
}
