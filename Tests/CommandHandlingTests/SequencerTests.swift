// What a caller may rely on: one effect for one id, for ever, and answers made of what is on the
// disk.

import CommandHandling
import EventLog
import EventSourcing
import Events
import RunningRedress
import Testing

struct `The sequencer` {
  @Test func `records the events of one command as one commit over several streams`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let answer = try await redress.submit(
      "x", "RequestRefund",
      #"""
      {"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],\#
      "reason":"broken"}
      """#,
      actor: "customer/robin", at: "2026-01-16T10:00:00Z")
    #expect(answer.types == ["RefundRequested", "OrderBalanceReserved", "CaseRefundRequested"])
    let last = try redress.history().suffix(3)
    #expect(Set(last.map(\.commandID.rawValue)) == ["x"])
    #expect(last.map(\.stream.rawValue) == ["refund/r1", "order/o1", "case/k1"])
    #expect(last.map(\.revision.value) == [0, 3, 1])
    #expect(last.allSatisfy { $0.peerUID == 1000 && $0.actor == Actor(.customer, "robin") })
    #expect(last.allSatisfy { $0.time == Timestamp("2026-01-16T10:00:00Z") })
    #expect(last.allSatisfy { $0.correlation == "k1" })
    redress.stop()
  }

  @Test func `gives the first answer to the same command, also after a restart`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let command = #"{"agentId":"lee","role":"agent"}"#
    let first = try await redress.submit("x", "AddAgent", command)
    let again = try await redress.submit("x", "AddAgent", command)
    #expect(first.isAccepted && !first.isReplay)
    #expect(again.isAccepted && again.isReplay)
    #expect(again.outcome.lastPosition == first.outcome.lastPosition)
    redress.stop()

    let restarted = try RunningRedress(folder: redress.folder)
    let later = try await restarted.submit("x", "AddAgent", command)
    #expect(later.isAccepted && later.isReplay)
    #expect(later.outcome.lastPosition == first.outcome.lastPosition)
    #expect(try restarted.history().count { $0.commandID.rawValue == "x" } == 1)
    restarted.stop()
  }

  @Test func `refuses an id that was used for something else, and records nothing`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    _ = try await redress.submit("x", "AddAgent", #"{"agentId":"lee","role":"agent"}"#)
    let before = redress.log.durableEnd
    for (type, data, actor) in [
      ("AddAgent", #"{"agentId":"lee","role":"admin"}"#, nil),
      ("RemoveAgent", #"{"agentId":"lee"}"#, nil),
      ("AddAgent", #"{"agentId":"lee","role":"agent"}"#, "service/other"),
    ] as [(String, String, String?)] {
      #expect(try await redress.submit("x", type, data, actor: actor).isConflict)
    }
    #expect(redress.log.durableEnd == before)
    redress.stop()
  }

  @Test func `ignores white space and key order when it compares two commands`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    _ = try await redress.submit("x", "AddAgent", #"{"agentId":"lee","role":"agent"}"#)
    let again = try await redress.submit(
      #"""
      { "type": "AddAgent", "tenant": "acme", "data": {"role":"agent", "agentId":"lee"}, \#
      "id": "x" }
      """#
    )
    #expect(again.isReplay)
    redress.stop()
  }

  @Test func `writes a refusal down, and keeps to it when the world has changed`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let first = try await redress.submit(
      "x", "AssignCase", #"{"caseId":"k1","owner":"lee"}"#, actor: "agent/kim")
    #expect(first.rejection != nil)
    _ = try await redress.submit("y", "AddAgent", #"{"agentId":"lee","role":"agent"}"#)
    let again = try await redress.submit(
      "x", "AssignCase", #"{"caseId":"k1","owner":"lee"}"#, actor: "agent/kim")
    #expect(again.rejection == first.rejection && again.isReplay)
    let new = try await redress.submit(
      "z", "AssignCase", #"{"caseId":"k1","owner":"lee"}"#, actor: "agent/kim")
    #expect(new.isAccepted)
    let recorded = try redress.history().filter { $0.stream.rawValue == "command/x" }
    #expect(recorded.map(\.event.type) == ["CommandRejected"])
    redress.stop()
  }

  @Test func `writes down that a command changed nothing`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let data = #"{"orderId":"o1","deliveredAt":"2026-01-07T12:00:00Z"}"#
    let answer = try await redress.submit("x", "RecordDelivery", data)
    guard case .unchanged = answer.outcome else {
      Issue.record("expected unchanged, got \(answer)")
      return
    }
    #expect(try await redress.submit("x", "RecordDelivery", data).isReplay)
    redress.stop()
  }

  @Test func `refuses a revision that has moved on`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    func assign(_ id: String, _ revision: Int) async throws -> Answer {
      try await redress.submit(
        #"""
        {"id":"\#(id)","tenant":"acme","type":"AssignCase","data":{"caseId":"k1","owner":"kim"},\#
        "expectedRevision":\#(revision),"actor":"agent/kim"}
        """#
      )
    }
    #expect(try await assign("x", 1).rejection == "revisionMismatch")
    #expect(try await assign("y", 0).isAccepted)
    #expect(try await assign("z", 0).rejection == "revisionMismatch")
    redress.stop()
  }

  @Test func `records nothing for a tenant that nobody registered`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    let answer = try await redress.submit("x", "AddAgent", #"{"agentId":"a","role":"agent"}"#)
    guard case .unknownTenant = answer.outcome else {
      Issue.record("expected unknownTenant, got \(answer)")
      return
    }
    let bad = try await redress.submit(
      "y", "RegisterTenant", #"{"name":"A","currency":"GBP","timeZone":"Europe/Atlantis"}"#)
    guard case .invalid(let invalid) = bad.outcome else {
      Issue.record("expected invalid, got \(bad)")
      return
    }
    #expect(invalid.path == "$.data.timeZone")
    #expect(redress.log.durableEnd == .first)
    redress.stop()
  }

  @Test func `answers the same when it keeps almost nothing in memory`() async throws {
    let redress = try RunningRedress(aggregatesInMemory: 1)
    defer { redress.removeFolder() }
    try await redress.prepare()
    for number in 0..<50 {
      let answer = try await redress.submit(
        "customer-\(number)", "RegisterCustomer", #"{"customerId":"cus_\#(number)"}"#)
      #expect(answer.isAccepted)
    }
    try await redress.requestAndApprove()
    let more = try await redress.submit(
      "more", "RequestRefund",
      #"""
      {"refundId":"r2","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":2}],\#
      "reason":"broken"}
      """#,
      actor: "customer/robin")
    #expect(more.rejection == "moreUnitsThanLeft")
    redress.stop()
  }

  @Test func `answers many at once in the order of their positions`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let positions = try await withThrowingTaskGroup(of: Position?.self) { group in
      for number in 0..<200 {
        group.addTask {
          try await redress.submit(
            "customer-\(number)", "RegisterCustomer", #"{"customerId":"cus_\#(number)"}"#
          ).outcome.lastPosition
        }
      }
      var positions: [Position] = []
      for try await position in group { positions.append(try #require(position)) }
      return positions
    }
    #expect(Set(positions).count == 200)
    let history = try redress.history()
    #expect(history.map(\.position.value) == Array(0..<UInt64(history.count)))
    redress.stop()
  }

  /// The last day of a window that begins in 9999, and the days that a time zone has before year 1,
  /// are no dates that the schemas know.
  @Test(
    arguments: [
      ("Europe/London", "9999-12-31T12:00:00Z", nil),
      ("Pacific/Auckland", "9999-12-31T12:00:00Z", nil),
      ("America/New_York", "0001-01-01T00:00:00Z", nil),
      ("America/New_York", "2026-01-07T12:00:00Z", "0001-01-01T00:00:00Z"),
    ] as [(String, String, String?)])
  func `records nothing that could not be read again`(
    zone: String, deliveredAt: String, approvedAt: String?
  ) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    _ = try await redress.submit(
      "t", "RegisterTenant", #"{"name":"Acme","currency":"GBP","timeZone":"\#(zone)"}"#)
    _ = try await redress.submit("a", "AddAgent", #"{"agentId":"kim","role":"agent"}"#)
    _ = try await redress.submit(
      "o", "RecordOrder",
      #"""
      {"orderId":"o1","customerId":"robin","source":"api","currency":"GBP",\#
      "placedAt":"2026-01-05T09:30:00Z","deliveredAt":"\#(deliveredAt)","lines":[{"lineId":"1",\#
      "title":"Lantern","quantity":2,"unitPrice":339}],"payments":[{"paymentId":"p1",\#
      "amount":678,"capturedAt":"2026-01-05T09:30:00Z"}]}
      """#
    )
    _ = try await redress.submit(
      "k", "OpenCase",
      #"{"caseId":"k1","customerId":"robin","orderId":"o1","title":"Broken","type":"product"}"#)
    _ = try await redress.submit(
      "r", "RequestRefund",
      #"""
      {"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],\#
      "reason":"broken"}
      """#
    )
    let answer = try await redress.submit(
      "p", "ApproveRefund", #"{"refundId":"r1"}"#, actor: "agent/kim", at: approvedAt)
    #expect(!answer.isAccepted)
    redress.stop()
    _ = try redress.history()
  }

  @Test func `refuses a refund over more payments than an event can name`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let payments = (0..<1000).map {
      #"{"paymentId":"p\#($0)","amount":1,"capturedAt":"2026-01-05T09:30:00Z"}"#
    }
    _ = try await redress.submit(
      "o", "RecordOrder",
      #"""
      {"orderId":"o2","customerId":"robin","source":"api","currency":"GBP",\#
      "placedAt":"2026-01-05T09:30:00Z","lines":[{"lineId":"1","title":"Bead","quantity":1001,\#
      "unitPrice":1}],"payments":[\#(payments.joined(separator: ","))]}
      """#
    )
    _ = try await redress.submit(
      "p", "CapturePayment",
      #"{"orderId":"o2","paymentId":"p1000","amount":1,"capturedAt":"2026-01-06T09:30:00Z"}"#)
    _ = try await redress.submit(
      "k", "OpenCase",
      #"{"caseId":"k2","customerId":"robin","orderId":"o2","title":"Broken","type":"product"}"#)
    let answer = try await redress.submit(
      "r", "RequestRefund",
      #"""
      {"refundId":"r2","caseId":"k2","orderId":"o2","items":[{"lineId":"1","quantity":1001}],\#
      "reason":"broken"}
      """#
    )
    guard case .invalid = answer.outcome else {
      Issue.record("expected invalid, got \(answer)")
      return
    }
    redress.stop()
    _ = try redress.history()
  }
}
