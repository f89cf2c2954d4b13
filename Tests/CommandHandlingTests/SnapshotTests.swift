import Cryptography
import Domain
import EventLog
import EventSourcing
import Events
import Foundation
import RunningRedress
import Testing

@testable import CommandHandling

/// States that the log's index keeps, and those it must not use.
@Suite struct SnapshotTests {
  private let acme = TenantID(unchecked: "acme")
  private let now = Timestamp("2026-01-16T12:00:00Z")!

  /// A history that every kind of aggregate has a part in.
  private func history() async throws -> RunningRedress {
    let redress = try RunningRedress(now: now)
    try await redress.prepare()
    _ = try await redress.submit(
      "customer", "RegisterCustomer", #"{"customerId":"robin","email":"r@example.com"}"#)
    try await redress.requestAndApprove()
    return redress
  }

  private func snapshot(_ name: String, in log: EventLog) throws -> StreamSnapshot? {
    try log.stream(StreamName(name), in: acme).snapshot
  }

  /// A change of a state, or of what it makes of these events, changes its hash here. Then its
  /// `snapshotVersion` has to be raised: a snapshot of the older build must not be used. The lock
  /// gains the hash of a new version, and never loses one.
  @Test func `the bytes of a version of a state never change`() async throws {
    let redress = try await history()
    defer { redress.removeFolder() }
    func hash<State: Snapshotted>(_ state: State) throws -> SnapshotLock.Line {
      let bytes = try encodeState(state)
      #expect(try decodeState(State.self, from: bytes) == state)
      return SnapshotLock.Line(
        state: "\(State.self)", version: State.snapshotVersion,
        hash: String(SHA256.hash(bytes).description.prefix(16)))
    }
    func hash<State: Snapshotted>(_: State.Type, _ name: String) throws -> SnapshotLock.Line {
      try hash(
        Loaded<State>(from: StreamName(name), of: acme, in: redress.log, usingSnapshot: false).state
      )
    }
    // What the log has of a customer is never sealed to the same bytes twice.
    var customer = Customer()
    try customer.evolve(
      .customerRegistered(
        CustomerRegistered(
          customerID: CustomerID(unchecked: "robin"), email: "enc:v1:robin:AAAA")))
    let hashes = [
      try hash(Tenant.self, "tenant"), try hash(customer),
      try hash(Order.self, "order/o1"), try hash(SupportCase.self, "case/k1"),
      try hash(Refund.self, "refund/r1"),
    ]
    var lock = try SnapshotLock()
    if ProcessInfo.processInfo.environment["REDRESS_WRITE_SNAPSHOTS"] != nil {
      try lock.add(hashes)
    }
    for line in hashes {
      #expect(
        lock.latest(of: line.state) == line,
        """
        A changed state needs a higher snapshotVersion, which is locked by \
        REDRESS_WRITE_SNAPSHOTS=1 swift test --filter SnapshotTests.
        """)
    }
    redress.stop()
  }

  @Test func `a state is kept when the service stops, and used by the next`() async throws {
    let redress = try await history()
    defer { redress.removeFolder() }
    redress.stop()
    let again = try RunningRedress(folder: redress.folder, now: now)
    for name in ["tenant", "customer/robin", "order/o1", "case/k1", "refund/r1"] {
      let stream = try again.log.stream(StreamName(name), in: acme)
      // Of a few events it is not worth it.
      let isKept = stream.eventCount > 2
      #expect(stream.snapshot?.eventCount == (isKept ? stream.eventCount : nil), "\(name)")
      let trial = try #require(try SnapshotTrial(StreamName(name), of: acme, in: again.log))
      #expect(trial.hasSnapshot == isKept && trial.isSame, "\(name)")
    }
    let denied = try await again.submit(
      "late", "DenyRefund", #"{"refundId":"r1","reason":"worn"}"#, actor: "agent/kim")
    #expect(denied.rejection != nil, "it is approved already")
    again.stop()
  }

  @Test func `of an index that is deleted, nothing is missed`() async throws {
    let redress = try await history()
    defer { redress.removeFolder() }
    redress.stop()
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(
        atPath: redress.logFolder + "/index.sqlite" + suffix)
    }
    let again = try RunningRedress(folder: redress.folder, now: now)
    #expect(try snapshot("refund/r1", in: again.log) == nil)
    let refund = try Loaded<Refund>(from: StreamName("refund/r1"), of: acme, in: again.log)
    #expect(refund.state.status == .approved)
    again.stop()
  }

  @Test func `a state of another version, or that is no state, is not used`() async throws {
    struct Older: Codable {
      var version: Int
      var lastTime: Timestamp
      var state: Refund
    }
    let redress = try await history()
    defer { redress.removeFolder() }
    let name = StreamName("refund/r1")
    let good = try Loaded<Refund>(from: name, of: acme, in: redress.log, usingSnapshot: false)
    let bytes = try encodeState(
      Older(version: Refund.snapshotVersion, lastTime: now, state: good.state))
    var others: [[UInt8]] = [[], [1, 2, 3], bytes.dropLast(), bytes + [0]]
    for version in [Refund.snapshotVersion - 1, Refund.snapshotVersion + 1] {
      // The state of another life, to be seen if it were used.
      others.append(
        try encodeState(Older(version: version, lastTime: now, state: Refund())))
    }
    for other in others {
      redress.log.keepSnapshot(
        of: name, in: acme, eventCount: 2, lastPosition: try #require(good.lastPosition),
        state: { other })
      let loaded = try Loaded<Refund>(from: name, of: acme, in: redress.log)
      #expect(loaded.state == good.state)
      #expect(loaded.nextRevision == good.nextRevision)
    }
    redress.stop()
  }

  @Test func `a state of events that the stream does not have there is not handed out`()
    async throws
  {
    let redress = try await history()
    defer { redress.removeFolder() }
    let name = StreamName("refund/r1")
    let last = try #require(try redress.log.positions(of: name, in: acme).last)
    for (eventCount, position) in [(2, 0), (1, last.value), (3, last.value), (99, last.value)] {
      redress.log.keepSnapshot(
        of: name, in: acme, eventCount: eventCount, lastPosition: Position(position),
        state: { [] })
      #expect(try snapshot("refund/r1", in: redress.log) == nil)
    }
    redress.log.keepSnapshot(
      of: name, in: acme, eventCount: 2, lastPosition: last, state: { [7] })
    #expect(try snapshot("refund/r1", in: redress.log)?.state == [7])
    redress.stop()
  }

  @Test func `the index of another history brings none of its states`() async throws {
    let one = try await history()
    let other = try RunningRedress(now: Timestamp("2026-01-17T12:00:00Z"))
    defer {
      one.removeFolder()
      other.removeFolder()
    }
    try await other.prepare()
    try await other.requestAndApprove()
    one.stop()
    other.stop()
    let index = "/index.sqlite"
    try FileManager.default.removeItem(atPath: other.logFolder + index)
    try FileManager.default.copyItem(
      atPath: one.logFolder + index, toPath: other.logFolder + index)
    let again = try RunningRedress(folder: other.folder, now: now)
    #expect(try snapshot("refund/r1", in: again.log) == nil)
    let refund = try Loaded<Refund>(from: StreamName("refund/r1"), of: acme, in: again.log)
    #expect(refund.state.status == .approved)
    again.stop()
  }
}
