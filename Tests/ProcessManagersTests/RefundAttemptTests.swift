// R7, R9: one attempt to pay, on listed work: which attempt the provider is asked for, and when.

import CommandHandling
import Domain
import EventSourcing
import Events
import Gateways
import ProcessManagers
import Projections
import Stepping
import Synchronization
import Testing

struct `An attempt to pay` {
  /// - Parameter isPaidBefore: whether the provider paid an earlier attempt without an answer.
  @Test(arguments: [false, true])
  func `started by hand is requested once, unless it is paid already`(isPaidBefore: Bool) async {
    let executor = StepExecutor()
    let gateway = SimulatedPaymentGateway(crash: {})
    let tenant = TenantID(unchecked: "acme")
    let id = RefundID(unchecked: "r1")
    if isPaidBefore {
      _ = await gateway.pay(
        PaymentInstruction(
          tenant: tenant, refundID: "r1", paymentID: "p1",
          idempotencyKey: RefundToExecute.Leg.of(id, attempt: 2).idempotencyKey, amount: 5,
          currency: "GBP"))
    }
    let attempt = RefundExecution.attemptCountMax + 1
    let refund = RefundToExecute(
      tenant: tenant, refundID: id, stage: .processing, position: Position(9), attempt: attempt,
      attemptPosition: Position(9), isStartedByHand: true, currency: "GBP",
      legs: (1..<attempt).map { .of(id, attempt: $0, .failed) } + [.of(id, attempt: attempt)])
    let todo = ListedWork([refund])
    let submitted = Mutex<[Command]>([])
    let execution = RefundExecution(
      submit: { submission in
        submitted.withLock { $0.append(submission.command.command) }
        return Answer(.conflict)
      }, gateway: gateway, work: todo, clock: { Timestamp(microseconds: 0) },
      carryOut: { executor.carryOut($0) }, retryDelay: { _ in 0 })
    _ = try? execution.run()
    executor.runAll()
    #expect(submitted.withLock { $0.count } == 1)
    // The entry disappears and comes back.
    todo.set([])
    _ = try? execution.run()
    executor.runAll()
    todo.set([refund])
    _ = try? execution.run()
    executor.runAll()
    let commands = submitted.withLock { $0 }
    switch commands.first {
    case .refund(.recordRefundExecuted(let command)):
      #expect(!isPaidBefore && command.attempt == attempt)
    case .refund(.recordRefundFailed(let command)):
      #expect(isPaidBefore && command.attempt == attempt && command.code == .notReceived)
    default: Issue.record("expected an outcome, got \(commands)")
    }
    #expect(gateway.paid.count == 1)
    // The third run looks the attempt up and does not request its payment again.
    if case .refund(.recordRefundOutcomeUnknown) = commands.last {
    } else {
      Issue.record("\(commands)")
    }
  }

  /// Another attempt may slip in between the list and the start.
  @Test func `is requested with the number that the recorded start has`() {
    let executor = StepExecutor()
    let gateway = SimulatedPaymentGateway(crash: {})
    var refund = RefundToExecute(
      tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r1"),
      stage: .unreceived, position: Position(7), attempt: 1, currency: "GBP",
      legs: [.of(RefundID(unchecked: "r1"), attempt: 1, .failed)])
    let todo = ListedWork([refund])
    refund.stage = .processing
    refund.position = Position(11)
    refund.attemptPosition = Position(11)
    refund.attempt = 3
    refund.legs.append(.of(RefundID(unchecked: "r1"), attempt: 3))
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
      carryOut: { executor.carryOut($0) }, retryDelay: { _ in 0 })
    _ = try? execution.run()
    executor.runAll()
    let last = submitted.withLock { $0.last }
    guard case .refund(.recordRefundExecuted(let command)) = last else {
      Issue.record("expected that it is executed, got \(String(describing: last))")
      return
    }
    #expect(command.attempt == 3 && gateway.paid.count == 1)
  }

  /// A refund whose second attempt never arrived, and an execution that waits before a third.
  private final class Waiting: Sendable {
    let executor = StepExecutor()
    let submitted = Mutex(0)
    let time = Mutex(Timestamp(microseconds: 1_000))

    func execution(delay: Int64) -> RefundExecution {
      let refund = RefundToExecute(
        tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r1"),
        stage: .unreceived, position: Position(7), attempt: 2, currency: "GBP",
        legs: [.of(RefundID(unchecked: "r1"), attempt: 2, .failed)])
      return RefundExecution(
        submit: { [self] _ in
          submitted.withLock { $0 += 1 }
          return Answer(.conflict)
        }, gateway: SimulatedPaymentGateway(crash: {}), work: ListedWork([refund]),
        clock: { [self] in time.withLock { $0 } }, carryOut: { [self] in executor.carryOut($0) },
        retryDelay: { Int64($0) * delay })
    }
  }

  @Test func `that never arrived is followed by another one when its delay has passed`() throws {
    let waiting = Waiting()
    let execution = waiting.execution(delay: 100)
    let wakes = Mutex(0)
    execution.onWork { wakes.withLock { $0 += 1 } }
    #expect(try execution.run() == nil)
    waiting.executor.runAll()
    #expect(wakes.withLock { $0 } == 1, "a run is requested, which returns the time")
    #expect(try execution.run() == Timestamp(microseconds: 1_200))
    waiting.time.withLock { $0 = Timestamp(microseconds: 1_199) }
    #expect(try execution.run() == Timestamp(microseconds: 1_200))
    waiting.executor.runAll()
    #expect(waiting.submitted.withLock { $0 } == 0)
    waiting.time.withLock { $0 = Timestamp(microseconds: 1_200) }
    #expect(try execution.run() == nil)
    waiting.executor.runAll()
    #expect(waiting.submitted.withLock { $0 } == 1)
  }

  @Test func `does not wait longer because the clock was set back`() throws {
    let waiting = Waiting()
    let execution = waiting.execution(delay: 1_000_000)
    _ = try execution.run()
    waiting.executor.runAll()
    waiting.time.withLock { $0 = Timestamp(microseconds: 0) }
    #expect(try execution.run() == nil)
    waiting.executor.runAll()
    #expect(waiting.submitted.withLock { $0 } == 1)
  }

  /// A provider that answers no request.
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

  @Test func `started by hand waits, without a request, while no lookup succeeds`() throws {
    let executor = StepExecutor()
    let gateway = Unavailable()
    let refund = RefundToExecute(
      tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r1"), stage: .processing,
      position: Position(9), attempt: 2, attemptPosition: Position(9), isStartedByHand: true,
      currency: "GBP",
      legs: [
        .of(RefundID(unchecked: "r1"), attempt: 1, .failed),
        .of(RefundID(unchecked: "r1"), attempt: 2),
      ])
    let submitted = Mutex<[Command]>([])
    let time = Mutex(Timestamp(microseconds: 0))
    let execution = RefundExecution(
      submit: { submission in
        submitted.withLock { $0.append(submission.command.command) }
        return Answer(.conflict)
      }, gateway: gateway, work: ListedWork([refund]), clock: { time.withLock { $0 } },
      carryOut: { executor.carryOut($0) }, retryDelay: { _ in 0 })
    for lookUpCount in 1...3 {
      let due = try execution.run()
      executor.runAll()
      #expect(due == nil && gateway.lookUps.withLock { $0 } == lookUpCount, "looked up once")
      let next = try #require(try execution.run())
      executor.runAll()
      #expect(gateway.lookUps.withLock { $0 } == lookUpCount, "not before its time")
      time.withLock { $0 = next }
    }
    #expect(!gateway.isAsked.withLock { $0 })
    #expect(submitted.withLock { $0.isEmpty })
  }

  /// A provider that pays the first leg and does not answer for the second.
  private final class HalfSilent: PaymentGateway {
    let asked = Mutex<[String]>([])

    func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
      asked.withLock { $0.append(instruction.paymentID) }
      return instruction.paymentID == "p1"
        ? .paid(settlementReference: "ref") : .unknown(reason: "no answer")
    }

    func lookUp(_: PaymentInstruction) async -> PaymentRecord { .unavailable(reason: "away") }
  }

  /// The read model lags behind, and what is unknown cannot be recorded at first.
  @Test(arguments: [false, true])
  func `asks for no leg again, whatever is read and recorded late`(isByHand: Bool) throws {
    let executor = StepExecutor()
    let gateway = HalfSilent()
    let id = RefundID(unchecked: "r1")
    var second = RefundToExecute.Leg.of(id, attempt: 1)
    second.paymentID = PaymentID(unchecked: "p2")
    var refund = RefundToExecute(
      tenant: TenantID(unchecked: "acme"), refundID: id,
      stage: isByHand ? .processing : .approved, position: Position(9), attempt: isByHand ? 1 : 0,
      attemptPosition: Position(9), isStartedByHand: isByHand, currency: "GBP",
      legs: isByHand ? [.of(id, attempt: 1), second] : [])
    let work = ListedWork([refund])
    refund.stage = .processing
    refund.attempt = 1
    refund.legs = [.of(id, attempt: 1), second]
    let started = refund
    refund.position = Position(10)
    refund.legs[0].state = .settled
    let halfPaid = refund
    let submitted = Mutex<[String]>([])
    let failures = Mutex(2)
    let time = Mutex(Timestamp(microseconds: 0))
    let execution = RefundExecution(
      submit: { submission in
        let type = submission.command.command.type
        submitted.withLock { $0.append(type) }
        func accepted(_ position: Position) -> Answer {
          Answer(
            .accepted([
              EventReference(
                type: "Any", stream: StreamName("refund/r1"), position: position,
                revision: Revision(3))
            ]))
        }
        switch type {
        case "ExecuteRefund":
          work.set([started])
          return accepted(started.position)
        case "RecordRefundExecuted":
          work.set([halfPaid])
          return accepted(halfPaid.position)
        default:
          let isFailing = failures.withLock { left in
            left -= 1
            return left >= 0
          }
          return isFailing ? Answer(.storageFailing(reason: "full")) : accepted(Position(12))
        }
      }, gateway: gateway, work: work, clock: { time.withLock { $0 } },
      carryOut: { executor.carryOut($0) }, retryDelay: { _ in 0 })
    for _ in 1...8 {
      _ = try execution.run()
      executor.runAll()
      time.withLock { $0 = Timestamp(microseconds: $0.microseconds + 2_000_000) }
    }
    #expect(gateway.asked.withLock { $0 } == ["p1", "p2"])
    #expect(
      submitted.withLock { $0.drop { $0 == "ExecuteRefund" } }.prefix(4) == [
        "RecordRefundExecuted", "RecordRefundOutcomeUnknown", "RecordRefundOutcomeUnknown",
        "RecordRefundOutcomeUnknown",
      ])
  }
}
