// What the read models say of a refund that goes back by several payments (R7 to R10): where it
// stands, what each payment has come to, what the order has left, and who is told what.

import CommandHandling
import EventSourcing
import Events
import Gateways
import JSON
import Projecting
import Projections
import RunningRedress
import SQLite
import Testing

struct `A refund by two payments` {
  private static let acme = TenantID(unchecked: "acme")
  private static let now = Timestamp("2026-01-16T12:00:00Z")

  /// A tenant that wants e-mail, with the refund `r1`, of which the provider declines some legs.
  private func begin(
    declining declined: Set<String> = [], isPaying: Bool = true
  ) async throws -> RunningRedress {
    let redress = try RunningRedress(
      now: Self.now, behaviour: { declined.contains($0.paymentID) ? .decline : .pay })
    try await redress.prepare()
    for (type, data) in [
      ("ChangeTenantSettings", #"{"emailNotifications":true}"#),
      ("RegisterCustomer", #"{"customerId":"robin","email":"robin@example.com"}"#),
      ("AddAgent", #"{"agentId":"lee","role":"agent","email":"lee@example.com"}"#),
    ] { try await accept(redress, type, data) }
    redress.start(isPaying: isPaying)
    try await redress.approveTwoLegs(by: "agent/lee")
    return redress
  }

  private func accept(
    _ redress: RunningRedress, _ type: String, _ data: String, actor: String? = nil
  ) async throws {
    let answer = try await redress.submit("once-\(type)", type, data, actor: actor)
    try #require(answer.isAccepted, "\(answer)")
  }

  private func sendBack(_ payment: String, _ redress: RunningRedress) async throws {
    try await accept(
      redress, "RecordRefundReturned",
      #"{"refundId":"r1","paymentId":"\#(payment)","attempt":1,"reason":"The account was closed"}"#,
      actor: "system/refund-execution")
  }

  // MARK: What is said

  private func refund(_ redress: RunningRedress) async throws -> JSONValue {
    #expect(await redress.settle())
    return try await redress.json("/v1/refunds/r1")
  }

  private func states(_ refund: JSONValue) -> [String?] {
    refund["legs"]?.elements?.map { $0["state"]?.string } ?? []
  }

  /// Executed and reserved, of the order and of each of its payments.
  private func balance(_ redress: RunningRedress) async throws -> [[Int64?]] {
    #expect(await redress.settle())
    let order = try await redress.json("/v1/orders/o2/balance")
    return ([order] + (order["payments"]?.elements ?? [])).map {
      [$0["executed"]?.integer, $0["reserved"]?.integer]
    }
  }

  /// The messages about the refund.
  private func notices(_ redress: RunningRedress) async throws -> [Notice] {
    #expect(await redress.settle())
    return try redress.projections.read(Notifications.self) { try Self.notices(in: $0) }
  }

  private static func notices(in database: Database) throws -> [Notice] {
    try Notifications.due(after: [:], limit: 100, in: database)
      .filter { $0.subject.lowercased().contains("refund r1") }
  }

  private func summary(_ notices: [Notice]) -> [String] {
    notices.map { "\($0.recipient.name): \($0.subject)" }
  }

  private func expectSameAfterRebuild(_ redress: RunningRedress) throws {
    let reports = try redress.projections.rebuild(readModels.map { $0.name })
    #expect(reports.allSatisfy { !$0.isChanged })
  }

  // MARK: One leg is declined

  @Test(arguments: ["pay_1", "pay_2"])
  func `is partly executed where one is declined, also when the declined one is first`(
    declined: String
  ) async throws {
    let redress = try await begin(declining: [declined])
    defer { redress.removeFolder() }
    #expect(try await redress.waitForRefund("r1", status: "partly_executed"))
    let paid: Int64 = declined == "pay_1" ? 378 : 300
    let refund = try await refund(redress)
    #expect(refund["status"]?.string == "partly_executed")
    #expect(refund["amount"]?.integer == paid && refund["executedAmount"]?.integer == paid)
    #expect(refund["approvedAmount"]?.integer == 678 && refund["returnedAmount"]?.integer == 0)
    #expect(refund["executedAt"] == nil)
    #expect(
      states(refund) == (declined == "pay_1" ? ["failed", "settled"] : ["settled", "failed"]))
    let legs = try #require(refund["legs"]?.elements)
    #expect(legs.map { $0["paymentId"]?.string } == ["pay_1", "pay_2"])
    #expect(legs.map { $0["amount"]?.integer } == [300, 378])
    for leg in legs {
      let isDeclined = leg["paymentId"]?.string == declined
      #expect(leg["provider"]?.string == "acme_pay" && leg["attempt"]?.integer == 1)
      #expect((leg["settlementReference"]?.string == nil) == isDeclined)
      #expect(leg["reason"]?.string == (isDeclined ? "declined by the simulated provider" : nil))
    }
    #expect(refund["note"]?.string == "\(declined): declined by the simulated provider")
    #expect(
      try await balance(redress)
        == (declined == "pay_1"
          ? [[378, 300], [0, 300], [378, 0]] : [[300, 378], [300, 0], [0, 378]]))
    try expectSameAfterRebuild(redress)
    redress.stop()
  }

  @Test func `has a page that shows each payment, and a list that shows what was paid`()
    async throws
  {
    let redress = try await begin(declining: ["pay_2"])
    defer { redress.removeFolder() }
    #expect(try await redress.waitForRefund("r1", status: "partly_executed"))
    #expect(await redress.settle())
    let badge = #"<span class="status partly_executed">partly executed</span>"#
    let page = try await redress.page("/tenants/acme/refunds/r1")
    for text in [
      badge, "3.00 GBP of 6.78 GBP", #"<span class="status settled">settled</span>"#,
      #"<span class="status failed">failed</span>"#, "declined by the simulated provider",
      "acme_pay",
    ] { #expect(page.contains(text), "\(text)") }
    let list = try await redress.page("/tenants/acme/refunds?status=partly_executed")
    for text in [badge, "Refunds partly executed", "3.00 GBP of 6.78 GBP"] {
      #expect(list.contains(text), "\(text)")
    }
    #expect(!list.contains("came back"))
    let totals = try await redress.json("/v1/refunds")["totals"]?.elements
    #expect(totals?.map { $0["status"]?.string } == ["partly_executed"])
    #expect(totals?.map { $0["amount"]?.integer } == [300])
    redress.stop()
  }

  @Test(arguments: ["pay_1", "pay_2"])
  func `is told once to each reader where one is declined, with what was paid and what not`(
    declined: String
  ) async throws {
    let redress = try await begin(declining: [declined])
    defer { redress.removeFolder() }
    #expect(try await redress.waitForRefund("r1", status: "partly_executed"))
    let notices = try await notices(redress)
    #expect(
      summary(notices) == [
        "lee: Refund r1 could be paid only in part",
        "robin: A part of your refund r1 has been paid",
      ])
    let (paid, unpaid) =
      declined == "pay_1" ? ("3.78 GBP", "3.00 GBP") : ("3.00 GBP", "3.78 GBP")
    let reason = "declined by the simulated provider"
    #expect(notices[0].body.contains("\(paid) were paid, and \(unpaid) were not"))
    #expect(notices[0].body.contains("\(unpaid) by payment \(declined): \(reason)"))
    #expect(notices[1].body.contains("We have paid back \(paid)"))
    #expect(notices[1].body.contains("\(unpaid) by payment \(declined): it was declined"))
    // The customer is not told what the provider says.
    #expect(!notices[1].body.contains(reason))
    redress.stop()
  }

  @Test func `is told once to each reader where both are declined`() async throws {
    let redress = try await begin(declining: ["pay_1", "pay_2"])
    defer { redress.removeFolder() }
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    let notices = try await notices(redress)
    #expect(
      summary(notices) == [
        "lee: Refund r1 could not be paid", "robin: Your refund r1 is delayed",
      ])
    for notice in notices {
      for text in ["6.78 GBP", "3.00 GBP by payment pay_1:", "3.78 GBP by payment pay_2:"] {
        #expect(notice.body.contains(text), "\(text)")
      }
    }
    #expect(try await balance(redress) == [[0, 678], [0, 300], [0, 378]])
    redress.stop()
  }

  // MARK: Money comes back

  @Test func `is executed no more as a whole when money comes back, until it is paid again`()
    async throws
  {
    let redress = try await begin()
    defer { redress.removeFolder() }
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    #expect(try await balance(redress) == [[678, 0], [300, 0], [378, 0]])
    try await sendBack("pay_2", redress)
    var refund = try await refund(redress)
    #expect(refund["status"]?.string == "partly_executed" && refund["executedAt"] == nil)
    #expect(refund["executedAmount"]?.integer == 300 && refund["returnedAmount"]?.integer == 378)
    #expect(states(refund) == ["settled", "returned"])
    #expect(refund["legs"]?.elements?.last?["reason"]?.string == "The account was closed")
    #expect(try await balance(redress) == [[300, 378], [300, 0], [0, 378]])
    let back = #"<span class="status returned">3.78 GBP came back</span>"#
    #expect(try await redress.page("/tenants/acme/refunds").contains(back))
    let page = try await redress.page("/tenants/acme/refunds/r1")
    #expect(page.contains(back))
    #expect(page.contains(#"<span class="status returned">came back</span>"#))

    try await accept(redress, "ExecuteRefund", #"{"refundId":"r1"}"#, actor: "agent/lee")
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    refund = try await self.refund(redress)
    #expect(states(refund) == ["settled", "settled"])
    #expect(refund["legs"]?.elements?.map { $0["attempt"]?.integer } == [1, 2])
    #expect(refund["executedAmount"]?.integer == 678 && refund["returnedAmount"]?.integer == 0)
    #expect(try await balance(redress) == [[678, 0], [300, 0], [378, 0]])

    let notices = try await notices(redress)
    #expect(
      summary(notices) == [
        "robin: Your refund r1 has been paid", "lee: Money of refund r1 came back",
        "robin: Money of your refund r1 came back to us", "robin: Your refund r1 has been paid",
      ])
    #expect(notices[1].body.contains("Payment pay_2: The account was closed"))
    for notice in notices[1...2] { #expect(notice.body.contains("3.78 GBP")) }
    #expect(!notices[2].body.contains("The account was closed"))
    for notice in [notices[0], notices[3]] { #expect(notice.body.contains("6.78 GBP")) }
    try expectSameAfterRebuild(redress)
    redress.stop()
  }

  // MARK: The rest is given up

  @Test func `is executed with what was paid when the rest is given up`() async throws {
    let redress = try await begin(declining: ["pay_2"])
    defer { redress.removeFolder() }
    #expect(try await redress.waitForRefund("r1", status: "partly_executed"))
    try await accept(
      redress, "CancelRefund", #"{"refundId":"r1","reason":"Given as store credit"}"#,
      actor: "agent/lee")
    let refund = try await refund(redress)
    #expect(refund["status"]?.string == "executed" && refund["executedAt"]?.string != nil)
    #expect(refund["amount"]?.integer == 300 && refund["executedAmount"]?.integer == 300)
    #expect(refund["approvedAmount"]?.integer == 678)
    #expect(refund["note"]?.string == "Given as store credit")
    #expect(states(refund) == ["settled", "given_up"])
    #expect(try await balance(redress) == [[300, 0], [300, 0], [0, 0]])
    let page = try await redress.page("/tenants/acme/refunds/r1")
    #expect(page.contains("3.00 GBP of 6.78 GBP"))
    #expect(page.contains(#"<span class="status given_up">given up</span>"#))
    let notices = try await notices(redress)
    #expect(summary(notices).suffix(1) == ["robin: Your refund r1 is complete"])
    #expect(notices.count == 3)
    #expect(notices[2].body.contains("3.00 GBP") && notices[2].body.contains("3.78 GBP"))
    try expectSameAfterRebuild(redress)
    redress.stop()
  }

  @Test func `has nothing left to be paid where it was cancelled`() async throws {
    let redress = try await begin(declining: ["pay_1", "pay_2"])
    defer { redress.removeFolder() }
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    try await accept(redress, "CancelRefund", #"{"refundId":"r1"}"#, actor: "agent/lee")
    let refund = try await refund(redress)
    #expect(refund["status"]?.string == "cancelled" && states(refund) == ["given_up", "given_up"])
    #expect(refund["amount"]?.integer == 678 && refund["executedAmount"]?.integer == 0)
    #expect(try await balance(redress) == [[0, 0], [0, 0], [0, 0]])
    redress.stop()
  }

  // MARK: Histories of before

  private let refundID = RefundID(unchecked: "r1")
  private let orderID = OrderID(unchecked: "o2")
  private let gbp = CurrencyCode(unchecked: "GBP")

  private func started(_ attempt: Int, _ legs: [(payment: String, amount: Int)]) -> Event {
    .refundExecutionStarted(
      RefundExecutionStarted(
        refundID: refundID, attempt: attempt, amount: legs.reduce(0) { $0 + $1.amount },
        currency: gbp, orderID: orderID,
        legs: legs.map { leg in
          RefundLeg(
            paymentID: PaymentID(unchecked: leg.payment), amount: leg.amount,
            idempotencyKey: "r1.\(attempt)")
        }))
  }

  private func settled(
    _ payment: String, _ amount: Int, attempt: Int, _ status: RefundProgress
  ) -> [Event] {
    let paymentID = PaymentID(unchecked: payment)
    return [
      .refundLegSettled(
        RefundLegSettled(
          refundID: refundID, paymentID: paymentID, attempt: attempt, amount: amount,
          currency: gbp, settlementReference: "ref-\(payment)", status: status)),
      .orderReservationSettled(
        OrderReservationSettled(
          orderID: orderID, refundID: refundID, paymentID: paymentID, amount: amount)),
    ]
  }

  /// A read model in which the refund is approved, and then these events happened.
  private func database(
    of model: any ReadModel.Type, _ events: [Event], after history: [RecordedEvent]
  ) throws -> Database {
    let database = try Database(path: ":memory:", mode: .readWrite)
    try database.execute(model.schema)
    for event in history { try model.apply(event, to: database) }
    var recorded = try #require(history.last)
    for event in events {
      recorded.position = recorded.position.advanced(by: 1)
      recorded.event = event
      try model.apply(recorded, to: database)
    }
    return database
  }

  private func approvedHistory() async throws -> [RecordedEvent] {
    let redress = try await begin(isPaying: false)
    defer { redress.removeFolder() }
    let history = try redress.history()
    redress.stop()
    return history
  }

  @Test func `whose attempt failed before legs were told apart is tried again by its legs`()
    async throws
  {
    let history = try await approvedHistory()
    let both = [(payment: "pay_1", amount: 300), (payment: "pay_2", amount: 378)]
    let old: [Event] = [
      started(1, both),
      .refundFailed(
        RefundFailed(refundID: refundID, attempt: 1, code: .declined, reason: "Closed")),
    ]
    let lost = RefundLegFailed(
      refundID: refundID, paymentID: PaymentID(unchecked: "pay_2"), attempt: 2,
      code: .notReceived, reason: "Not in the books", status: .partlyExecuted)
    let events =
      old + [started(2, both)] + settled("pay_1", 300, attempt: 2, .processing)
      + [.refundLegFailed(lost)]

    func rows(_ events: [Event]) throws -> (RefundRow?, [RefundLegRow]) {
      let database = try database(of: RefundQueue.self, events, after: history)
      return (
        try RefundQueue.refund(refundID, tenant: Self.acme, in: database),
        try RefundQueue.legs(of: refundID, tenant: Self.acme, in: database)
      )
    }
    let (failed, failedLegs) = try rows(old)
    #expect(failed?.status == "failed" && failed?.note == "Closed" && failed?.amount == 678)
    #expect(failedLegs.map(\.state) == ["failed", "failed"])
    #expect(failedLegs.map(\.reason) == ["Closed", "Closed"])
    let (partly, partlyLegs) = try rows(events)
    #expect(partly?.status == "partly_executed" && partly?.executedAmount == 300)
    #expect(partly?.settlementReference == "ref-pay_1")
    #expect(partlyLegs.map(\.state) == ["settled", "failed"])
    #expect(partlyLegs.map(\.reason) == [nil, "Not in the books"])
    #expect(partlyLegs.map(\.attempt) == [2, 2])

    let notices = try Self.notices(
      in: database(of: Notifications.self, events, after: history))
    #expect(
      summary(notices) == [
        "lee: Refund r1 could not be paid", "robin: Your refund r1 is delayed",
        "lee: Refund r1 could be paid only in part",
        "robin: A part of your refund r1 has been paid",
      ])
    #expect(notices[0].body.contains("6.78 GBP") && notices[0].body.contains("Closed"))
    #expect(notices[3].body.contains("It will be tried again"))

    let balance = try database(of: OrderBalance.self, events, after: history)
    let payments = try OrderBalance.payments(of: orderID, tenant: Self.acme, in: balance)
    #expect(payments.map(\.executed) == [300, 0] && payments.map(\.reserved) == [0, 378])
  }

  @Test func `that was paid before legs were told apart can come back by one of them`()
    async throws
  {
    let history = try await approvedHistory()
    let unknown = RefundOutcomeUnknown(refundID: refundID, attempt: 1, reason: "No answer")
    let executed = RefundExecuted(
      refundID: refundID, attempt: 1, amount: 678, currency: gbp, settlementReference: "ref")
    let payment = PaymentID(unchecked: "pay_1")
    let old: [Event] = [
      started(1, [("pay_1", 300), ("pay_2", 378)]), .refundOutcomeUnknown(unknown),
      .refundExecuted(executed),
      .orderReservationSettled(
        OrderReservationSettled(orderID: orderID, refundID: refundID, amount: 678)),
    ]
    let returned: [Event] = [
      .refundLegReturned(
        RefundLegReturned(
          refundID: refundID, paymentID: payment, attempt: 1, amount: 300, currency: gbp,
          reason: "Bounced", status: .partlyExecuted)),
      .orderReservationRestored(
        OrderReservationRestored(
          orderID: orderID, refundID: refundID, paymentID: payment, amount: 300)),
    ]

    func expect(
      _ events: [Event], _ status: String, _ states: [String], executed: [Int], reserved: [Int]
    ) throws {
      let refunds = try database(of: RefundQueue.self, events, after: history)
      let refund = try RefundQueue.refund(refundID, tenant: Self.acme, in: refunds)
      #expect(refund?.status == status)
      #expect(refund?.executedAmount == executed.reduce(0, +))
      let legs = try RefundQueue.legs(of: refundID, tenant: Self.acme, in: refunds)
      #expect(legs.map(\.state) == states)
      let orders = try database(of: OrderBalance.self, events, after: history)
      let payments = try OrderBalance.payments(of: orderID, tenant: Self.acme, in: orders)
      #expect(payments.map(\.executed) == executed && payments.map(\.reserved) == reserved)
      let order = try OrderBalance.order(orderID, tenant: Self.acme, in: orders)
      #expect(order?.executed == executed.reduce(0, +))
      #expect(order?.reserved == reserved.reduce(0, +))
    }
    try expect(
      Array(old.prefix(2)), "outcome_unknown", ["unknown", "unknown"], executed: [0, 0],
      reserved: [300, 378])
    try expect(old, "executed", ["settled", "settled"], executed: [300, 378], reserved: [0, 0])
    try expect(
      old + returned, "partly_executed", ["returned", "settled"], executed: [0, 378],
      reserved: [300, 0])

    let notices = try Self.notices(
      in: database(of: Notifications.self, old + returned, after: history))
    #expect(
      summary(notices) == [
        "robin: Your refund r1 has been paid", "lee: Money of refund r1 came back",
        "robin: Money of your refund r1 came back to us",
      ])
    #expect(notices[0].body.contains("6.78 GBP") && notices[1].body.contains("3.00 GBP"))
  }
}
