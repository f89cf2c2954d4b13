// A point of the history is a position, a time or a signed tree; what is none is refused with a
// reason.

import Audit
import EventLog
import EventSourcing
import Events
import Node
import RunningRedress
import Testing
import Transparency

struct HistoryPointTests {
  private static let tenant = TenantID(unchecked: "acme")

  @Test func `a position is inside, and what comes after it is not`() async throws {
    try await withHistory { redress, events in
      for last in events.indices.dropLast()
      where events[last].commandID != events[last + 1].commandID {
        let point = try find(.position(events[last].position), redress)
        #expect(point.extent.ends == [Self.tenant: events[last + 1].position])
        #expect(point.recordedTime == events[last].recordedTime)
        var positions: [Position] = []
        try LogReader(folder: redress.logFolder).forEachCommit(upTo: nil) { commit in
          if point.extent.contains(commit) { positions.append(commit.firstPosition) }
          #expect(point.extent.contains(commit) == (commit.ordinal < point.extent.end))
          return true
        }
        #expect(positions.allSatisfy { $0 <= events[last].position })
      }
    }
  }

  @Test func `the chain value is the log's own at that commit`() async throws {
    try await withHistory { redress, events in
      let whole = try find(.position(Position(UInt64(events.count - 1))), redress)
      var verification = Verification(logFolder: redress.logFolder)
      #expect(whole.chain == (try verification.run()).chain)
      #expect(try find(.position(.first), redress).chain != whole.chain)
    }
  }

  @Test func `a position inside a commit is the point after the commit`() async throws {
    try await withHistory { redress, events in
      let commit = try #require(
        events.indices.first { $0 > 0 && events[$0].commandID == events[$0 - 1].commandID })
      let inside = try find(.position(events[commit - 1].position), redress)
      #expect(inside.extent == (try find(.position(events[commit].position), redress)).extent)
    }
  }

  @Test func `a time has every event that was recorded up to then`() async throws {
    try await withHistory { redress, events in
      let time = events[events.count / 2].recordedTime
      let count = events.count { $0.recordedTime <= time }
      let point = try find(.time(time), redress)
      #expect(point.extent.ends == [Self.tenant: Position(UInt64(count))])
      let all = try HistoryPoint(upTo: .time(time), of: nil, logFolder: redress.logFolder)
      #expect(all.extent == point.extent)
    }
  }

  @Test func `a signed tree is found by its root, and one with another root is refused`()
    async throws
  {
    try await withHistory { redress, events in
      let note = try redress.node.publisher.checkpoint(of: Self.tenant)
      var head = try Checkpoint(text: note.text).head
      #expect(head.size == UInt64(events.count))
      let bound = AuditBound.position(Position(head.size - 1))
      #expect(try find(bound, redress, signed: head).tenants.first?.eventCount == head.size)
      head.root = leafHash(Array("another".utf8))
      #expect(throws: CheckpointMismatch.self) { try find(bound, redress, signed: head) }
      head.size += 1
      #expect(throws: CheckpointMismatch.self) { try find(bound, redress, signed: head) }
    }
  }

  @Test func `a signed tree that ends inside a commit is refused`() async throws {
    try await withHistory { redress, events in
      let second = try #require(
        events.indices.first { $0 > 0 && events[$0].commandID == events[$0 - 1].commandID })
      var tree = CompactRange()
      for event in events[..<second] {
        var line: [UInt8] = []
        event.write(to: &line)
        tree.append(leafHash(line))
      }
      let bound = AuditBound.position(Position(tree.size - 1))
      let mismatch = #expect(throws: CheckpointMismatch.self) {
        try find(bound, redress, signed: tree.head)
      }
      #expect(mismatch?.reason.contains("inside a commit") == true)
    }
  }

  @Test func `what the history does not have is refused with what it has`() async throws {
    try await withHistory { redress, events in
      let beyond = Position(UInt64(events.count))
      var said = #expect(throws: NoSuchPoint.self) { try find(.position(beyond), redress) }
      #expect(
        said?.description == "there is no position \(beyond) of acme, whose history has "
          + "\(events.count) events, up to position \(events.count - 1)")
      let early = try #require(Timestamp("2000-01-01T00:00:00Z"))
      said = #expect(throws: NoSuchPoint.self) { try find(.time(early), redress) }
      #expect(
        said?.description
          == "no event of acme was recorded up to 2000-01-01T00:00:00.000000Z")
    }
  }

  private func find(
    _ bound: AuditBound, _ redress: RunningRedress, signed: TreeHead? = nil
  ) throws -> HistoryPoint {
    try HistoryPoint(
      upTo: bound, of: Self.tenant, signed: signed, logFolder: redress.logFolder)
  }

  private func withHistory(
    _ body: (RunningRedress, [RecordedEvent]) throws -> Void
  ) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    redress.start(isPaying: false)
    try await redress.prepare()
    try await redress.requestAndApprove()
    try body(redress, try redress.history())
    redress.stop()
  }
}
