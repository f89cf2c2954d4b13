// Who is told what, at which event (rule book, Process managers; R8).

import CommandHandling
import EventLog
import EventSourcing
import Events
import Gateways
import Projecting
import Projections
import RunningRedress
import Testing

struct `The notifications` {
  let acme = TenantID(unchecked: "acme")
  static let now = "2026-01-16T12:00:00.000000Z"

  /// A tenant that wants e-mail, with a customer and an agent that have addresses.
  private func redress(
    wantsEmail: Bool = true,
    behaviour: SimulatedPaymentGateway.Behaviour = .pay
  ) async throws -> RunningRedress {
    let redress = try RunningRedress(now: Timestamp(Self.now), behaviour: { _ in behaviour })
    try await redress.prepare()
    redress.start()
    try await accept(
      redress, "settings", "ChangeTenantSettings",
      #"{"emailNotifications":\#(wantsEmail),"fourEyes":true}"#)
    try await accept(
      redress, "robin", "RegisterCustomer", #"{"customerId":"robin","email":"robin@example.com"}"#)
    try await accept(
      redress, "lee", "AddAgent", #"{"agentId":"lee","role":"agent","email":"lee@example.com"}"#)
    return redress
  }

  private func accept(
    _ redress: RunningRedress, _ id: String, _ type: String, _ data: String, actor: String? = nil,
    at time: String? = nil
  ) async throws {
    let answer = try await redress.submit(id, type, data, actor: actor, at: time)
    try #require(answer.isAccepted, "\(answer)")
  }

  private func due(_ redress: RunningRedress, from next: UInt64 = 0) async throws -> [Notice] {
    #expect(await redress.settle())
    return try redress.projections.read(Notifications.self) {
      try Notifications.due(after: [acme: Position(next)], limit: 100, in: $0)
    }
  }

  private func summary(_ notices: [Notice]) -> [String] {
    notices.map { "\($0.address?.rawValue ?? "nobody"): \($0.subject)" }
  }

  @Test func `tell customer and agent of a refund that failed, with amount and reason (R8)`()
    async throws
  {
    let redress = try await redress(behaviour: .decline)
    defer { redress.removeFolder() }
    try await accept(redress, "assign", "AssignCase", #"{"caseId":"k1","owner":"lee"}"#)
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    let notices = try await due(redress)
    #expect(
      summary(notices) == [
        "lee@example.com: Refund r1 could not be paid",
        "robin@example.com: Your refund r1 is delayed",
      ])
    let history = try redress.history()
    let failed = try #require(history.first { $0.event.type == "RefundLegFailed" })
    #expect(notices.allSatisfy { $0.position == failed.position })
    guard case .refund(.refundLegFailed(let event)) = failed.event else { return }
    #expect(notices[0].body.contains("3.39 GBP by payment p1: \(event.reason)"))
    // The customer is not told what the provider says.
    #expect(notices[1].body.contains("3.39 GBP by payment p1: it was declined"))
    #expect(!notices[1].body.contains(event.reason))
    #expect(notices[1].body.hasSuffix("\n-- \nAcme\n"))
    redress.stop()
  }

  @Test func `tell whoever approved a failed refund where nobody owns the case (R8)`() async throws
  {
    let redress = try await redress(behaviour: .decline)
    defer { redress.removeFolder() }
    try await accept(
      redress, "request", "RequestRefund",
      #"{"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","#
        + #""quantity":1}],"reason":"broken"}"#,
      actor: "customer/robin")
    try await accept(
      redress, "approve", "ApproveRefund", #"{"refundId":"r1"}"#, actor: "agent/lee")
    try await accept(redress, "end", "EndImport", "{}")
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    #expect(
      try await summary(due(redress)) == [
        "lee@example.com: Refund r1 could not be paid",
        "robin@example.com: Your refund r1 is delayed",
      ])
    redress.stop()
  }

  @Test func `tell the customer what was paid, denied, opened and resolved`() async throws {
    let redress = try await redress()
    defer { redress.removeFolder() }
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    try await accept(
      redress, "r2", "RequestRefund",
      #"{"refundId":"r2","caseId":"k1","orderId":"o1","items":[{"lineId":"1","#
        + #""quantity":1}],"reason":"broken"}"#,
      actor: "customer/robin")
    try await accept(
      redress, "deny", "DenyRefund", #"{"refundId":"r2","reason":"Not broken"}"#, actor: "agent/kim"
    )
    try await accept(
      redress, "open", "OpenCase",
      #"{"caseId":"k2","customerId":"robin","title":"Late","type":"product"}"#,
      actor: "customer/robin")
    try await accept(redress, "assign", "AssignCase", #"{"caseId":"k1","owner":"kim"}"#)
    try await accept(
      redress, "resolve", "ResolveCase", #"{"caseId":"k1","resolution":"refunded"}"#,
      actor: "agent/kim")
    let notices = try await due(redress)
    #expect(
      summary(notices) == [
        "robin@example.com: Your refund r1 has been paid",
        "robin@example.com: Your refund r2 was not approved",
        "robin@example.com: We have received your request k2",
        "robin@example.com: Your request k1 has been answered",
      ])
    #expect(notices[0].body.contains("We have paid back 3.39 GBP"))
    #expect(notices[1].body.contains("Not broken"))
    #expect(notices[3].body.contains("you were refunded"))
    redress.stop()
  }

  @Test func `tell the owner of a case that a payout is kept back, and when no more`() async throws
  {
    let redress = try await redress()
    defer { redress.removeFolder() }
    func hold(_ id: String) async throws {
      try await accept(
        redress, id, "ApplyPayoutHold",
        #"{"holdId":"\#(id)","caseId":"k1","orderId":"o1","amount":5,"#
          + #""expiresAt":"2026-02-01T00:00:00Z","reason":"Claimed as broken"}"#)
    }
    try await hold("h0")
    try await accept(redress, "assign", "AssignCase", #"{"caseId":"k1","owner":"lee"}"#)
    try await hold("h1")
    try await accept(
      redress, "release", "ReleasePayoutHold", #"{"holdId":"h1","reason":"Settled"}"#)
    // Nobody owned the case when h0 was applied.
    let notices = try await due(redress)
    #expect(
      summary(notices) == [
        "lee@example.com: Payout hold h1 was applied",
        "lee@example.com: Payout hold h1 was released",
      ])
    #expect(notices[0].body.contains("0.05 GBP") && notices[1].body.contains("Settled"))
    redress.stop()
  }

  @Test func `tell the customer that an agent has answered, and not what they wrote themselves`()
    async throws
  {
    let redress = try await redress()
    defer { redress.removeFolder() }
    try await accept(
      redress, "ask", "PostMessage",
      #"{"caseId":"k1","customerId":"robin","authorRole":"buyer","body":"Where?"}"#,
      actor: "customer/robin")
    #expect(try await due(redress) == [])
    try await accept(
      redress, "answer", "PostMessage",
      #"{"caseId":"k1","customerId":"robin","authorRole":"agent","body":"On its way."}"#,
      actor: "agent/kim")
    let notices = try await due(redress)
    #expect(
      summary(notices) == ["robin@example.com: There is an answer to your request k1"])
    #expect(!notices[0].body.contains("On its way"))
    redress.stop()
  }

  @Test func `tell the customer of each step of a return`() async throws {
    let redress = try await redress()
    defer { redress.removeFolder() }
    try await accept(
      redress, "policy", "DefinePolicy",
      #"{"policyId":"standard","name":"Standard","rules":[],"#
        + #""defaultAction":{"eligible":true},"active":true}"#
    )
    func request(_ id: String) async throws {
      try await accept(
        redress, id, "RequestReturn",
        #"{"returnId":"\#(id)","caseId":"k1","orderId":"o1","#
          + #""lines":[{"lineId":"1","quantity":1,"reason":{"code":"other"}}]}"#,
        actor: "customer/robin")
    }
    try await request("t1")
    try await accept(redress, "ok", "ApproveReturn", #"{"returnId":"t1"}"#, actor: "agent/lee")
    try await accept(
      redress, "came", "RecordReturnReception",
      #"{"returnId":"t1","lines":[{"lineId":"1","reception":"received"}]}"#)
    try await request("t2")
    try await accept(
      redress, "no", "RejectReturn", #"{"returnId":"t2","reason":"Worn"}"#, actor: "agent/lee")
    try await accept(
      redress, "credit", "GrantStoreCredit",
      #"{"orderId":"o1","caseId":"k1","amount":150,"reason":"For the trouble"}"#,
      actor: "agent/lee")
    let notices = try await due(redress)
    #expect(
      summary(notices) == [
        "robin@example.com: We have received your return request t1",
        "robin@example.com: Your return t1 was approved",
        "robin@example.com: Your return t1 is being looked at",
        "robin@example.com: We have received your return request t2",
        "robin@example.com: Your return t2 was not approved",
        "robin@example.com: You have been given store credit",
      ])
    #expect(notices[1].body.contains("Please send the items before 2026-"))
    #expect(notices[4].body.contains("Worn") && notices[5].body.contains("1.50 GBP"))
    redress.stop()
  }

  @Test func `are none for a tenant that wants none`() async throws {
    let redress = try await redress(wantsEmail: false)
    defer { redress.removeFolder() }
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    #expect(try await due(redress) == [])
    redress.stop()
  }

  @Test func `are none of history that is imported, but of yesterday`() async throws {
    let redress = try await redress()
    defer { redress.removeFolder() }
    func open(_ id: String, at time: String) async throws {
      try await accept(
        redress, id, "OpenCase",
        #"{"caseId":"\#(id)","customerId":"robin","title":"Late","type":"product"}"#,
        actor: "customer/robin", at: time)
    }
    try await open("old", at: "2026-01-15T11:59:59.999999Z")
    try await open("new", at: "2026-01-15T12:00:00.000000Z")
    #expect(
      try await summary(due(redress)) == [
        "robin@example.com: We have received your request new"
      ])
    redress.stop()
  }

  @Test func `go to the address of now, and to nobody without a usable one`() async throws {
    let redress = try await redress()
    defer { redress.removeFolder(isForged: true) }
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    func change(_ id: String, _ email: String) async throws -> [String] {
      try await accept(
        redress, id, "ChangeCustomerDetails", #"{"customerId":"robin","email":"\#(email)"}"#)
      return try await summary(due(redress))
    }
    #expect(
      try await change("1", "new@example.com") == ["new@example.com: Your refund r1 has been paid"])
    try await remember("no address", in: redress)
    #expect(try await summary(due(redress)) == ["nobody: Your refund r1 has been paid"])
    redress.stop()
  }

  /// Writes what no command can say any more, and older histories hold: another text as an address.
  private func remember(_ email: String, in redress: RunningRedress) async throws {
    var event = try #require(
      try redress.history().last { $0.event.type == "CustomerDetailsChanged" })
    event.event = .customer(
      .customerDetailsChanged(
        CustomerDetailsChanged(customerID: CustomerID(unchecked: "robin"), email: email)))
    event.position = redress.log.durableEnd(of: acme)
    event.revision = event.revision.advanced(by: 1)
    event.commandID = CommandID(unchecked: "older")
    var line: [UInt8] = []
    event.write(to: &line)
    let commit = Commit(
      tenant: acme, commandID: event.commandID, firstPosition: event.position,
      lines: line + [UInt8(ascii: "\n")], streams: [event.stream])
    let log = redress.log
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      do { try log.append(commit) { _ in done.resume() } } catch { done.resume(throwing: error) }
    }
  }

  @Test func `are the same after a rebuild, and begin after what was told`() async throws {
    let redress = try await redress()
    defer { redress.removeFolder() }
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    let notices = try await due(redress)
    let told = try #require(notices.last).position
    let report = try #require(try redress.projections.rebuild([Notifications.name]).first)
    #expect(!report.isChanged)
    #expect(try await due(redress) == notices)
    #expect(try await due(redress, from: told.value) == notices)
    #expect(try await due(redress, from: told.value + 1) == [])
    redress.stop()
  }
}
