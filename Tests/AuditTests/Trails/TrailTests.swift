// Which events belong to the trail of a customer, an order, a case, a return and a refund.

import Audit
import EventSourcing
import Events
import Testing

struct `A trail` {
  private func trail(of subject: Subject, in commits: [[RecordedEvent]]) throws -> [RecordedEvent] {
    var trail = Trail(of: subject)
    return try commits.flatMap(\.self).filter { recorded in
      var line: [UInt8] = []
      recorded.write(to: &line)
      return try line.withUnsafeBytes { try trail.takes($0) } != nil
    }
  }

  private func streams(_ events: [RecordedEvent]) -> Set<String> {
    Set(events.map(\.stream.rawValue))
  }

  /// Without commands that a rule refused, which would be in the trails of their targets, too.
  private func honest() async throws -> [[RecordedEvent]] {
    try await HonestHistory.shared.value.commits.filter {
      if case .command = $0[0].event { false } else { true }
    }
  }

  @Test func `of a case has its refunds and its part of the order, not another case's`()
    async throws
  {
    let events = try await trail(of: .supportCase(CaseID(unchecked: "k1")), in: honest())
    let refunds = ["paid", "declined", "denied", "amended"].map { "refund/\($0)" }
    #expect(streams(events) == Set(refunds + ["case/k1", "order/o1"]))
    let types = Set(events.filter { $0.stream.rawValue == "order/o1" }.map(\.event.type))
    #expect(types.contains("OrderDisputeSettled") && types.contains("StoreCreditGranted"))
    #expect(!types.contains("OrderRecorded") && !types.contains("PaymentCaptured"))
    #expect(events.map(\.position) == events.map(\.position).sorted())
  }

  @Test func `of an order has everything of it, and its cases`() async throws {
    let commits = try await honest()
    let events = try trail(of: .order(OrderID(unchecked: "o2")), in: commits)
    let expected = ["order/o2", "case/k2", "return/sent", "return/awaited", "refund/ofReturn"]
    #expect(streams(events) == Set(expected))
    let all = commits.flatMap(\.self).filter { expected.contains($0.stream.rawValue) }
    #expect(events == all)
  }

  @Test func `of a customer has all orders and cases of that customer alone`() async throws {
    let commits = try await honest()
    let events = try trail(of: .customer(CustomerID(unchecked: "robin")), in: commits)
    #expect(streams(events).isSuperset(of: ["customer/robin", "order/o1", "order/o2", "case/k2"]))
    #expect(streams(events).isDisjoint(with: ["customer/gone", "case/k3", "tenant", "privacy"]))
    let gone = try trail(of: .customer(CustomerID(unchecked: "gone")), in: commits)
    #expect(streams(gone) == ["customer/gone", "case/k3", "privacy"])
    #expect(gone.map(\.event.type).contains("SubjectErased"))
  }

  @Test func `of a return has its refund, and of a refund nothing beside it`() async throws {
    let commits = try await honest()
    let back = try trail(of: .return(ReturnID(unchecked: "sent")), in: commits)
    #expect(streams(back) == ["return/sent", "refund/ofReturn", "order/o2", "case/k2"])
    let refund = try trail(of: .refund(RefundID(unchecked: "denied")), in: commits)
    let types = [
      "RefundRequested", "OrderBalanceReserved", "CaseRefundRequested", "RefundDenied",
      "OrderReservationReleased",
    ]
    #expect(Set(refund.map(\.event.type)) == Set(types))
  }

  @Test func `has refused commands by their target and by the facts of the refusal`() throws {
    let history = ForgedHistory.tenant
    func refused(_ target: String?, _ facts: [Fact]) -> RecordedEvent {
      let event = Event.command(
        .commandRejected(
          CommandRejected(
            commandID: CommandID(unchecked: "x"), commandType: "DenyRefund", target: target,
            rule: "C3", reason: "closed", detail: "No.", facts: facts)))
      return RecordedEvent(
        tenant: history, position: .first, stream: event.stream, revision: .first,
        time: Timestamp(microseconds: 0), recordedTime: Timestamp(microseconds: 0),
        actor: Actor(.agent, "kim"), peerUID: 0, commandID: CommandID(unchecked: "x"),
        commandHash: CommandHash(digest: Array(repeating: 0, count: 32)), event: event)
    }
    let commits = [
      [refused("case/k", [])], [refused("case/kk", [])],
      [refused("refund/new", [Fact(name: "case", value: "k")])],
      [refused(nil, [Fact(name: "order", value: "k")])],
    ]
    let found = try trail(of: .supportCase(CaseID(unchecked: "k")), in: commits)
    #expect(found == commits[0] + commits[2])
  }

  @Test func `of what no event names is not found`() async throws {
    var trail = Trail(of: .order(OrderID(unchecked: "o9")))
    for recorded in try await honest().flatMap(\.self) {
      var line: [UInt8] = []
      recorded.write(to: &line)
      #expect(try line.withUnsafeBytes { try trail.takes($0) } == nil)
    }
    #expect(!trail.isFound)
  }
}
