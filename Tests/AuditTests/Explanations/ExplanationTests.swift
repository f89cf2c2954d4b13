// Explanations of a history that Redress decided, against figures that are worked out here by hand.

import Audit
import EventSourcing
import Events
import Testing

struct `An explanation` {
  private typealias Value = ExplanationReport.Value

  private func explained(_ subject: ExplainedSubject) async throws -> ExplanationReport {
    try await Explainer(ExplainedHistory.shared.value).explain(subject)
  }

  private func honest(_ subject: ExplainedSubject) async throws -> ExplanationReport {
    let history = try await HonestHistory.shared.value
    return try Explainer(StreamsInMemory(commits: history.commits)).explain(subject)
  }

  private let orderID = OrderID(unchecked: "o1")
  private let caseID = CaseID(unchecked: "k")

  @Test func `of an order has its lines with the spread difference, which come to the total`()
    async throws
  {
    let report = try await explained(.order(orderID))
    // The parts come to 27.00 and the order costs 25.00: 2.00 over prices of 19.00 and 5.00.
    let amounts = report.column("amount", of: "lines")
    #expect(amounts == [.amount(1742), .amount(458), .amount(300), .amount(2500)])
    #expect(report.column("discount", of: "lines").prefix(2) == [.amount(258), .amount(42)])
    #expect(report.column("partsTotal", of: "difference") == [.amount(2700)])
    #expect(report.column("total", of: "difference") == [.amount(2500)])
    #expect(report.column("captured", of: "payments") == [.amount(2500)])
    #expect(report.column("quantity", of: "units") == [.number(1)])
  }

  @Test func `of an order derives its balance event by event`() async throws {
    let report = try await honest(.order(orderID))
    // Paid 10.00; a declined refund keeps 9.00; the bank took 5.00; 1.00 was given as credit.
    #expect(report.fact("captured") == .amount(9000))
    #expect(report.fact("executed") == .amount(1500))
    #expect(report.fact("reserved") == .amount(900))
    #expect(report.fact("disputed") == .amount(0))
    #expect(report.fact("refundable") == .amount(6600))
    #expect(report.fact("storeCredit") == .amount(100))
    #expect(report.column("refundable", of: "balance").first == .amount(9000))
    #expect(report.column("refundable", of: "balance").last == .amount(6600))
    let reserved = report.column("reserved", of: "balance")
    #expect(reserved.contains(.amount(1000)) && reserved.last == .amount(900))
  }

  @Test func `of a refund has a table for its request and one for its amendment`() async throws {
    let report = try await honest(.refund(RefundID(unchecked: "amended")))
    let tables = report.sections.filter { $0.name == "derivation" }
    #expect(tables.compactMap { $0.rows.last?.last } == [.amount(1000), .amount(2000)])
    #expect(report.fact("status") == .text("cancelled"))
    let types = ["RefundRequested", "RefundAmended", "RefundCancelled"]
    #expect(report.column("event", of: "course") == types.map { .text($0) })
  }

  @Test func `of a refund has what goes back by each payment`() async throws {
    // GBP 20.00: payment p paid its 15.00, q was declined and given up.
    let report = try await honest(.refund(RefundID(unchecked: "split")))
    #expect(report.fact("status") == .text("executed") && report.fact("paid") == .amount(1500))
    #expect(report.column("paymentId", of: "legs") == ["o3-p", "o3-q"].map { .text($0) })
    #expect(report.column("amount", of: "legs") == [.amount(1500), .amount(500)])
    #expect(report.column("state", of: "legs") == ["settled", "given_up"].map { .text($0) })
    let references = report.column("settlementReference", of: "legs")
    #expect(references.map { $0 == Value.none } == [false, true])
    let course = report.column("detail", of: "course")
    #expect(course.last == .text("GBP 5.00 is not tried again, Given as store credit"))
    let back = try await honest(.refund(RefundID(unchecked: "back")))
    #expect(back.fact("status") == .text("failed") && back.fact("paid") == .amount(0))
    #expect(
      back.column("detail", of: "course").last
        == .text(
          "GBP 10.00 by payment o3-r came back: The account was closed, the refund is failed"))
  }

  @Test func `of a return says of every rule whether it matched, and why not`() async throws {
    let report = try await explained(.return(ReturnID(unchecked: "back")))
    let rules = ["late", "lamps", "faulty", "size", "default action"]
    #expect(report.column("rule", of: "policy") == rules.map { .text($0) })
    let results = ["does not hold", "fact not known", "holds", "not tried", "not tried"]
    #expect(report.column("result", of: "policy") == results.map { .text($0) })
    let facts: [Value] = [.text("6"), .none, .text("defective"), .none, .none]
    #expect(report.column("fact", of: "policy") == facts)
    // A line of 17.42 for two: one is worth half of it.
    #expect(report.sections.first { $0.name == "derivation" }?.rows.last?.last == .amount(871))
  }

  @Test func `of a return without a matching rule names the default action`() async throws {
    let report = try await honest(.return(ReturnID(unchecked: "sent")))
    #expect(report.column("rule", of: "policy") == [.text("default action")])
    #expect(report.column("result", of: "policy") == [.text("applies")])
    #expect(report.fact("finalRefund") == .amount(900))
    #expect(report.column("accepted", of: "units") == [.number(1)])
  }

  @Test func `of a case counts its targets in business hours, interval by interval`()
    async throws
  {
    let report = try await explained(.supportCase(caseID))
    // From 16:30 on Monday to 09:20 on Tuesday, with a night between 17:00 and 09:00.
    #expect(report.column("outcome", of: "targets").first == .text("met"))
    #expect(report.column("countedSeconds", of: "targets").first == .number(3000))
    #expect(report.column("seconds", of: "intervals").prefix(2) == [.number(1800), .number(1200)])
    let start = try #require(Timestamp("2026-01-13T09:00:00Z"))
    #expect(report.column("from", of: "intervals")[1] == .time(start))
    #expect(report.column("refundId", of: "refunds") == [.text("r")])
    #expect(report.column("requested", of: "refunds") == [.amount(458)])
    #expect(report.column("returnId", of: "returns") == [.text("back")])
  }

  @Test func `of a chargeback has the balance of its payment before and after`() async throws {
    let report = try await honest(
      .chargeback(ChargebackID(unchecked: "b"), CaseID(unchecked: "k1")))
    #expect(report.fact("status") == .text("lost"))
    #expect(report.fact("covered") == .amount(500) && report.fact("captured") == .amount(9000))
    #expect(report.column("disputed", of: "balance") == [0, 500, 500, 0].map { .amount($0) })
    let refundable = report.column("refundable", of: "balance")
    #expect(refundable.first == report.fact("refundableBefore"))
    #expect(Set(refundable.dropFirst().map { "\($0)" }).count == 1)
  }

  @Test func `of a refusal has the rule and the facts that it looked at`() async throws {
    let commits = try await ExplainedHistory.shared.value.commits
    let refused = try #require(commits.last?.first)
    let report = try await explained(.event(refused.position))
    guard case .command(.commandRejected(let rejected)) = refused.event else {
      Issue.record("\(refused.event.type) is no refusal")
      return
    }
    #expect(report.fact("actor") == .text("agent/kim"))
    #expect(report.fact("commandId") == .text(refused.commandID.rawValue))
    let values = report.column("value", of: "refusal")
    #expect(values.first == .text("R1"))
    #expect(values.count == rejected.facts.count + 2 && !rejected.facts.isEmpty)
  }

  @Test func `of an event has what it changed, and what else its command led to`() async throws {
    let commits = try await ExplainedHistory.shared.value.commits
    let reserved = try #require(
      commits.flatMap(\.self).first { $0.event.type == "OrderBalanceReserved" })
    let report = try await explained(.event(reserved.position))
    #expect(report.column("field", of: "changes") == [.text("reserved"), .text("refundable")])
    #expect(report.column("before", of: "changes") == [.amount(0), .amount(2500)])
    #expect(report.column("after", of: "changes") == [.amount(458), .amount(2042)])
    #expect(report.column("event", of: "command").contains(.text("RefundRequested")))
  }

  @Test func `of any event is possible, and has no personal text`() async throws {
    for streams in [
      try await ExplainedHistory.shared.value,
      StreamsInMemory(commits: try await HonestHistory.shared.value.commits),
    ] {
      for recorded in streams.commits.flatMap(\.self) {
        let report = try Explainer(streams).explain(.event(recorded.position))
        #expect(report.fact("event") == .text(recorded.event.type))
        #expect(!"\(report)".contains("enc:v1:"), "\(recorded.event.type)")
      }
    }
    let report = try await explained(.supportCase(caseID))
    #expect(report.column("event", of: "course").contains(.text("MessagePosted")))
    #expect(!"\(report)".contains("enc:v1:") && !"\(report)".contains("secret"))
  }

  @Test(arguments: [
    (ExplainedSubject.refund(RefundID(unchecked: "x")), "there is no refund x"),
    (.order(OrderID(unchecked: "x")), "there is no order x"),
    (.return(ReturnID(unchecked: "x")), "there is no return x"),
    (.supportCase(CaseID(unchecked: "x")), "there is no case x"),
    (
      .chargeback(ChargebackID(unchecked: "x"), CaseID(unchecked: "k")),
      "there is no chargeback x in case k"
    ),
    (.event(Position(999)), "there is no event at position 999"),
  ])
  func `of what is not there says so`(_ subject: ExplainedSubject, _ sentence: String)
    async throws
  {
    let streams = try await ExplainedHistory.shared.value
    let error = #expect(throws: ExplanationError.self) { try Explainer(streams).explain(subject) }
    #expect(error?.description == sentence)
  }

  @Test func `of a stream that contradicts itself says that, and explains nothing`() async throws {
    var streams = try await ExplainedHistory.shared.value
    let refund = RefundID(unchecked: "r")
    let requested = streams.events(of: [.refund(refund)])[.refund(refund)] ?? []
    streams.commits.append(requested)
    let error = #expect(throws: ExplanationError.self) {
      try Explainer(streams).explain(.refund(refund))
    }
    #expect(error?.description.contains("refund/r contradict each other") == true)
  }
}

extension ExplanationReport {
  func fact(_ key: String) -> Value? { facts.first { $0.key == key }?.value }

  /// A column of the first section of a name.
  func column(_ key: String, of name: String) -> [Value] {
    guard let section = sections.first(where: { $0.name == name }),
      let column = section.columns.firstIndex(of: key)
    else { return [] }
    return section.rows.map { $0[column] }
  }
}
