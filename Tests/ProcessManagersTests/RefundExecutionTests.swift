// R7, R8, R9: however the provider behaves and whenever the process dies, nobody is paid twice and
// no approved refund is forgotten.

import CommandHandling
import Domain
import EventSourcing
import Events
import Gateways
import ProcessManagers
import Projecting
import Projections
import RunningRedress
import Synchronization
import Testing

struct `Paying a refund` {
  private func types(_ redress: RunningRedress) throws -> [String] {
    try redress.history().filter { $0.stream.rawValue == "refund/r1" }.map(\.event.type)
  }

  @Test func `happens once, after the approval`() async throws {
    let asked = Mutex<[PaymentInstruction]>([])
    let redress = try RunningRedress(behaviour: { instruction in
      asked.withLock { $0.append(instruction) }
      return .pay
    })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress)
        == ["RefundRequested", "RefundApproved", "RefundExecutionStarted", "RefundExecuted"])
    #expect(redress.gateway.paid.amount == 339 && redress.gateway.paid.count == 1)
    let parts = asked.withLock { $0.map(\.parts) }
    #expect(parts == [[.init(paymentID: "p1", provider: "acme_pay", amount: 339)]])
    let started = try #require(
      try redress.history().first { $0.event.type == "RefundExecutionStarted" })
    let approved = try #require(try redress.history().first { $0.event.type == "RefundApproved" })
    #expect(started.causation == approved.position)
    #expect(started.actor == Actor(.system, "refund-execution"))
  }

  @Test func `that the provider declines is a known failure, and is not tried again`() async throws
  {
    let redress = try RunningRedress(behaviour: { _ in .decline })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    _ = try redress.execution.run()
    redress.stop()
    #expect(try types(redress).suffix(2) == ["RefundExecutionStarted", "RefundFailed"])
    #expect(redress.gateway.paid.count == 0)
  }

  @Test func `whose answer is lost is settled from the provider's books`() async throws {
    let redress = try RunningRedress(behaviour: { _ in .timeout })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress).suffix(3)
        == ["RefundExecutionStarted", "RefundOutcomeUnknown", "RefundExecuted"])
    #expect(redress.gateway.paid.count == 1)
  }

  @Test func `that never reached the provider is tried again as a new attempt`() async throws {
    let redress = try RunningRedress(
      behaviour: { $0.idempotencyKey.hasSuffix(".1") ? .lose : .pay })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress).suffix(5) == [
        "RefundExecutionStarted", "RefundOutcomeUnknown", "RefundFailed",
        "RefundExecutionStarted", "RefundExecuted",
      ])
    #expect(redress.gateway.paid.count == 1)
  }

  @Test(arguments: [true, false])
  func `that a crash cut short is never asked for again`(hadReachedProvider: Bool) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    // What the process manager does up to the moment of the crash.
    let started = try await redress.submit("start", "ExecuteRefund", #"{"refundId":"r1"}"#)
    #expect(started.isAccepted)
    if hadReachedProvider {
      _ = await redress.gateway.pay(
        PaymentInstruction(
          tenant: TenantID(unchecked: "acme"), refundID: "r1", idempotencyKey: "r1.1",
          amount: 339, currency: "GBP"))
    }
    redress.stop()

    let restarted = try RunningRedress(folder: redress.folder)
    restarted.start()
    #expect(try await restarted.waitForRefund("r1", status: "executed"))
    restarted.stop()
    #expect(restarted.gateway.paid.count == 1)
    let types = try types(restarted)
    #expect(types.contains("RefundOutcomeUnknown"))
    #expect(types.count { $0 == "RefundExecuted" } == 1)
    #expect(types.count { $0 == "RefundExecutionStarted" } == (hadReachedProvider ? 1 : 2))
  }

  @Test func `pays two tenants whose refunds have the same name`() async throws {
    let gateway = SimulatedPaymentGateway(crash: {})
    var references: Set<String> = []
    for (tenant, amount) in [("acme", 339), ("bolt", 777)] {
      let answer = await gateway.pay(
        PaymentInstruction(
          tenant: TenantID(unchecked: tenant), refundID: "r1", idempotencyKey: "r1.1",
          amount: amount, currency: "GBP"))
      guard case .paid(let reference) = answer else {
        Issue.record("expected paid, got \(answer)")
        return
      }
      references.insert(reference)
    }
    #expect(references.count == 2)
    #expect(gateway.paid.count == 2 && gateway.paid.amount == 339 + 777)
  }

  @Test func `that an agent starts anew is asked for at once`() async throws {
    let redress = try RunningRedress(
      behaviour: { $0.idempotencyKey.hasSuffix(".1") ? .decline : .pay })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await redress.requestAndApprove()
    #expect(try await redress.waitForRefund("r1", status: "failed"))
    let again = try await redress.submit(
      "again", "ExecuteRefund", #"{"refundId":"r1"}"#, actor: "agent/kim")
    #expect(again.isAccepted)
    #expect(try await redress.waitForRefund("r1", status: "executed"))
    redress.stop()
    #expect(
      try types(redress).suffix(4)
        == ["RefundExecutionStarted", "RefundFailed", "RefundExecutionStarted", "RefundExecuted"])
    #expect(redress.gateway.paid.count == 1)
  }

  /// - Parameter isPaidBefore: whether the provider paid an earlier attempt, which nobody knows.
  @Test(arguments: [false, true])
  func `started by hand is asked for once, unless it is paid already`(isPaidBefore: Bool) async {
    let gateway = SimulatedPaymentGateway(crash: {})
    let tenant = TenantID(unchecked: "acme")
    let id = RefundID(unchecked: "r1")
    if isPaidBefore {
      _ = await gateway.pay(
        PaymentInstruction(
          tenant: tenant, refundID: "r1", idempotencyKey: Refund.idempotencyKey(id, attempt: 2),
          amount: 5, currency: "GBP"))
    }
    let attempt = RefundExecution.attemptCountMax + 1
    let refund = RefundToExecute(
      tenant: tenant, refundID: id, stage: .processing, position: Position(9), attempt: attempt,
      isStartedByHand: true, idempotencyKey: Refund.idempotencyKey(id, attempt: attempt), amount: 5,
      currency: "GBP")
    let todo = ListedWork([refund])
    let submitted = Mutex<[Command]>([])
    let execution = RefundExecution(
      submit: { submission in
        submitted.withLock { $0.append(submission.command.command) }
        return Answer(.conflict)
      }, gateway: gateway, work: todo, clock: { Timestamp(microseconds: 0) },
      carryOut: { work in Task { await work() } })
    _ = try? execution.run()
    for _ in 1...500 where submitted.withLock({ $0.isEmpty }) {
      try? await Task.sleep(for: .milliseconds(10))
    }
    // Even if the list forgets it for a while.
    todo.set([])
    _ = try? execution.run()
    todo.set([refund])
    _ = try? execution.run()
    for _ in 1...500 where submitted.withLock({ $0.count }) < 2 {
      try? await Task.sleep(for: .milliseconds(10))
    }
    let commands = submitted.withLock { $0 }
    switch commands.first {
    case .refund(.recordRefundExecuted(let command)):
      #expect(!isPaidBefore && command.attempt == attempt)
    case .refund(.recordRefundFailed(let command)):
      #expect(isPaidBefore && command.attempt == attempt && command.code == .notReceived)
    default: Issue.record("expected an outcome, got \(commands)")
    }
    #expect(gateway.paid.count == 1)
    // Asked about again, it is not asked for again.
    if case .refund(.recordRefundOutcomeUnknown) = commands.last {
    } else {
      Issue.record("\(commands)")
    }
  }

  /// Another attempt may slip in between the list and the start.
  @Test func `is asked for under whichever attempt the start turned out to be`() async throws {
    let gateway = SimulatedPaymentGateway(crash: {})
    var refund = RefundToExecute(
      tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r1"),
      stage: .failedUnreceived, position: Position(7), attempt: 1, idempotencyKey: "r1.1",
      amount: 5, currency: "GBP")
    let todo = ListedWork([refund])
    refund.stage = .processing
    refund.position = Position(11)
    refund.attempt = 3
    refund.idempotencyKey = "r1.3"
    let third = refund
    let submitted = Mutex<[Command]>([])
    let execution = RefundExecution(
      submit: { submission in
        let command = submission.command.command
        submitted.withLock { $0.append(command) }
        guard case .refund(.executeRefund) = command else { return Answer(.conflict) }
        todo.set([third])
        let started = EventReference(
          type: "RefundExecutionStarted", stream: StreamName("refund/r1"),
          position: third.position, revision: Revision(8))
        return Answer(.accepted([started]))
      }, gateway: gateway, work: todo, clock: { Timestamp(microseconds: 0) },
      carryOut: { work in Task { await work() } })
    _ = try? execution.run()
    for _ in 1...500 where submitted.withLock({ $0.count }) < 2 {
      try await Task.sleep(for: .milliseconds(10))
    }
    let last = submitted.withLock { $0.last }
    guard case .refund(.recordRefundExecuted(let command)) = last else {
      Issue.record("expected that it is executed, got \(String(describing: last))")
      return
    }
    #expect(command.attempt == 3 && gateway.paid.count == 1)
  }

  /// A provider that cannot be asked anything.
  private final class Unavailable: PaymentGateway {
    let lookUps = Mutex(0)
    let isAsked = Mutex(false)

    func pay(_: PaymentInstruction) async -> PaymentAnswer {
      isAsked.withLock { $0 = true }
      return .unknown(reason: "away")
    }

    func lookUp(_: PaymentInstruction) async -> PaymentRecord {
      lookUps.withLock { $0 += 1 }
      return .unavailable(reason: "away")
    }
  }

  @Test func `started by hand waits, unasked and without haste, while the books are closed`()
    async throws
  {
    let gateway = Unavailable()
    let refund = RefundToExecute(
      tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r1"), stage: .processing,
      position: Position(9), attempt: 2, isStartedByHand: true, idempotencyKey: "r1.2", amount: 5,
      currency: "GBP")
    let submitted = Mutex<[Command]>([])
    let execution = RefundExecution(
      submit: { submission in
        submitted.withLock { $0.append(submission.command.command) }
        return Answer(.conflict)
      }, gateway: gateway, work: ListedWork([refund]), clock: { Timestamp(microseconds: 0) },
      carryOut: { work in Task { await work() } })
    // Each wake asks once more, and nothing but a wake.
    var wakes = 0
    for _ in 1...500 where gateway.lookUps.withLock({ $0 }) < 3 {
      _ = try? execution.run()
      wakes += 1
      try await Task.sleep(for: .milliseconds(10))
    }
    try await Task.sleep(for: .milliseconds(100))
    #expect((3...max(3, wakes)).contains(gateway.lookUps.withLock { $0 }))
    #expect(!gateway.isAsked.withLock { $0 })
    #expect(submitted.withLock { $0.isEmpty })
  }

  /// Everybody who may say something of a payment, but for the provider itself.
  @Test func `that was paid stays paid, whatever others say of it`() async throws {
    let redress = try RunningRedress(behaviour: { _ in .timeout })
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    _ = try await redress.submit("start", "ExecuteRefund", #"{"refundId":"r1"}"#)
    let key = Refund.idempotencyKey(RefundID(unchecked: "r1"), attempt: 1)
    _ = await redress.gateway.pay(
      PaymentInstruction(
        tenant: TenantID(unchecked: "acme"), refundID: "r1", idempotencyKey: key, amount: 339,
        currency: "GBP"))
    let failed = #"{"refundId":"r1","attempt":1,"code":"not_received","reason":"I think so"}"#
    let reconciled =
      #"{"refundId":"r1","attempt":1,"outcome":"failed","code":"not_received","reason":"I think so"}"#
    for actor in ["service/ops-script", "agent/kim"] {
      let told = try await redress.submit(
        "f-\(actor.count)", "RecordRefundFailed", failed, actor: actor)
      #expect(told.rejection != nil)
      let said = try await redress.submit(
        "g-\(actor.count)", "ReconcileRefund", reconciled, actor: actor)
      #expect(said.rejection != nil)
    }
    // And if the provider itself said so, and was wrong, its books are asked before anything is
    // paid again.
    let wrong = try await redress.submit(
      "h", "RecordRefundFailed", failed, actor: "system/refund-execution")
    #expect(wrong.isAccepted)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder)
    again.start()
    #expect(try await again.waitForRefund("r1", status: "executed"))
    again.stop()
    #expect(again.gateway.paid.count == 1)
    #expect(try types(again).count { $0 == "RefundExecutionStarted" } == 1)
  }

  /// What became of it, the old system may know; the provider's books under Redress's keys do not.
  @Test(arguments: ["", "unknown", "failed"])
  func `that another system asked for is for people`(outcome: String) async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    for (id, type, data) in [
      (
        "r", "RequestRefund",
        #"{"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],"reason":"size"}"#
      ),
      ("a", "ApproveRefund", #"{"refundId":"r1"}"#), ("x", "ExecuteRefund", #"{"refundId":"r1"}"#),
    ] {
      let answer = try await redress.submit(
        id, type, data, actor: "agent/kim", at: "2026-01-16T11:00:00Z")
      #expect(answer.isAccepted, "\(type): \(answer)")
    }
    switch outcome {
    case "unknown":
      let told = try await redress.submit(
        "u", "RecordRefundOutcomeUnknown", #"{"refundId":"r1","attempt":1,"reason":"no answer"}"#)
      #expect(told.isAccepted)
    case "failed":
      let told = try await redress.submit(
        "f", "RecordRefundFailed",
        #"{"refundId":"r1","attempt":1,"code":"not_received","reason":"no answer"}"#)
      #expect(told.isAccepted)
    default: break
    }
    #expect(try await redress.submit("e", "EndImport", "{}").isAccepted)
    #expect(await redress.settle())
    _ = try redress.execution.run()
    try await Task.sleep(for: .milliseconds(200))
    redress.stop()
    let again = try RunningRedress(folder: redress.folder)
    again.start()
    #expect(await again.settle())
    try await Task.sleep(for: .milliseconds(200))
    again.stop()
    #expect(redress.gateway.paid.count == 0 && again.gateway.paid.count == 0)
    #expect(try types(again).count { $0 == "RefundExecutionStarted" } == 1)
  }

  @Test func `goes on once a chargeback does not claim its money any more`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start(isPaying: false)
    try await redress.requestAndApprove()
    let opened = try await redress.submit(
      "cb", "OpenChargeback",
      #"{"chargebackId":"g1","caseId":"k1","orderId":"o1","paymentId":"p1","amount":678,"reason":"fraud"}"#
    )
    #expect(opened.isAccepted)
    redress.stop()
    let again = try RunningRedress(folder: redress.folder)
    again.start()
    // Refused, on record, and not forgotten.
    var isRefused = false
    for _ in 1...500 where !isRefused {
      isRefused = try again.history().contains { $0.event.type == "CommandRejected" }
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(isRefused)
    #expect(await again.settle())
    let waiting = try #require(
      try again.projections.read(RefundQueue.self) {
        try RefundQueue.refund(
          RefundID(unchecked: "r1"), tenant: TenantID(unchecked: "acme"), in: $0)
      })
    #expect(waiting.status == "approved")
    #expect(waiting.note?.contains("chargeback g1") == true, "it says what it waits for")
    let ended = try await again.submit(
      "won", "RecordChargebackOutcome",
      #"{"caseId":"k1","chargebackId":"g1","outcome":"prevented"}"#)
    #expect(ended.isAccepted)
    #expect(try await again.waitForRefund("r1", status: "executed"))
    again.stop()
    #expect(again.gateway.paid.count == 1)
  }

  /// What is refused, whatever refuses it, stays in the due work.
  @Test func `goes on behind any number of refunds that cannot be paid now`() async throws {
    let all = (1...1_200).map(Self.approved)
    let asked = Mutex<Set<String>>([])
    let execution = RefundExecution(
      submit: { submission in
        asked.withLock { _ = $0.insert(submission.command.command.target?.rawValue ?? "") }
        return Answer(.conflict)
      }, gateway: SimulatedPaymentGateway(crash: {}), work: ListedWork(all),
      clock: { Timestamp(microseconds: 0) }, carryOut: { work in Task { await work() } })
    _ = try? execution.run()
    for _ in 1...500 where asked.withLock({ $0.count }) < all.count {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(asked.withLock { $0.count } == all.count)
  }

  /// Paying a backlog takes work in proportion to its length.
  @Test func `reads each entry a bounded number of times, however long the backlog is`()
    async throws
  {
    func readsPerRefund(_ count: Int) async throws -> Double {
      let work = ListedWork((1...count).map(Self.approved))
      let gateway = SimulatedPaymentGateway(crash: {})
      let settled = Mutex(0)
      let execution = RefundExecution(
        submit: { submission in
          switch submission.command.command {
          case .refund(.executeRefund(let command)):
            let started = work.start(command.refundID)
            return Answer(
              .accepted([
                EventReference(
                  type: "RefundExecutionStarted", stream: StreamName("refund/r"),
                  position: started, revision: Revision(3))
              ]))
          case .refund(.recordRefundExecuted(let command)):
            work.remove(command.refundID)
            settled.withLock { $0 += 1 }
            return Answer(.accepted([]))
          default:
            Issue.record("not expected: \(submission.command.command)")
            return Answer(.conflict)
          }
        }, gateway: gateway, work: work, clock: { Timestamp(microseconds: 0) },
        carryOut: { work in Task { await work() } })
      _ = try execution.run()
      for _ in 1...2_000 where settled.withLock({ $0 }) < count {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(settled.withLock { $0 } == count && gateway.paid.count == count)
      return Double(work.readCount) / Double(count)
    }
    let (short, long) = (try await readsPerRefund(250), try await readsPerRefund(2_000))
    #expect(long <= short * 1.5 + 1, "\(short) reads of each refund of 250, \(long) of 2,000")
  }

  private static func approved(_ number: Int) -> RefundToExecute {
    RefundToExecute(
      tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r\(number)"),
      stage: .approved, position: Position(UInt64(number)), attempt: 0, idempotencyKey: "",
      amount: 1, currency: "GBP")
  }
}

/// The due work of a test, as the read model would say it.
private final class ListedWork: RefundWork {
  private struct State {
    var entries: [RefundID: RefundToExecute] = [:]
    /// In the order of their sequence numbers; some are out of date.
    var changes: [(sequence: Int, id: RefundID)] = []
    var readCount = 0

    mutating func put(_ refund: RefundToExecute) {
      var refund = refund
      refund.sequence = changes.count + 1
      entries[refund.refundID] = refund
      changes.append((refund.sequence, refund.refundID))
    }
  }

  private let state = Mutex(State())

  init(_ refunds: [RefundToExecute]) { set(refunds) }

  /// How many entries were returned.
  var readCount: Int { state.withLock { $0.readCount } }

  func set(_ refunds: [RefundToExecute]) {
    state.withLock { state in
      state.entries = [:]
      for refund in refunds { state.put(refund) }
    }
  }

  func start(_ id: RefundID) -> Position {
    state.withLock { state in
      guard var refund = state.entries[id] else { return Position(0) }
      refund.stage = .processing
      refund.attempt = 1
      refund.idempotencyKey = Refund.idempotencyKey(id, attempt: 1)
      refund.position = refund.position.advanced(by: 1_000_000)
      state.put(refund)
      return refund.position
    }
  }

  func remove(_ id: RefundID) { state.withLock { $0.entries[id] = nil } }

  func changed(after cursor: inout DueWork.Cursor, limit: Int) -> [RefundToExecute] {
    state.withLock { state in
      var found: [RefundToExecute] = []
      while found.count < limit, cursor.sequence < state.changes.count {
        let change = state.changes[cursor.sequence]
        cursor.sequence = change.sequence
        if let refund = state.entries[change.id], refund.sequence == change.sequence {
          found.append(refund)
        }
      }
      state.readCount += found.count
      return found
    }
  }

  func current(_ id: RefundID, of tenant: TenantID) -> RefundToExecute? {
    state.withLock { state in
      state.readCount += 1
      return state.entries[id]
    }
  }
}
