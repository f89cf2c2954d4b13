// What process managers do about a jump of the system's clock: nothing that is not due by the clock
// without the jump, and what was refused because of it is submitted once it is over.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Gateways
import ProcessManagers
import Projections
import RunningRedress
import Stepping
import Synchronization
import Testing
import Threading

struct `A process manager in a jump of the clock` {
  private let acme = TenantID(unchecked: "acme")
  private let clocks = SettableClocks()

  /// A shop whose hold ends so many days from now.
  private func holding(days: Int) async throws -> RunningRedress {
    let redress = try RunningRedress(clocks: clocks)
    try await redress.prepare()
    redress.start(isPaying: false)
    let end = Timestamp(microseconds: clocks.time.microseconds + Int64(days) * 86_400_000_000)
    let answer = try await redress.submit(
      "hold", "ApplyPayoutHold",
      #"{"holdId":"h1","caseId":"k1","orderId":"o1","amount":5,"expiresAt":"\#(end)","#
        + #""reason":"Claimed as broken"}"#, at: "2026-01-16T12:00:00.000000Z")
    #expect(answer.rejection == nil, "\(answer)")
    #expect(try await redress.submit("end", "EndImport", "{}").isAccepted)
    #expect(await redress.settle())
    return redress
  }

  private func manager(of redress: RunningRedress, _ clock: @escaping @Sendable () -> Timestamp)
    -> CommandManager
  {
    CommandManager(
      HoldExpiry.self, sequencer: redress.sequencer, projections: redress.projections, clock: clock)
  }

  /// The last event's type after a run on a thread that may block.
  private func lastType(after manager: CommandManager, of redress: RunningRedress) async throws
    -> String
  {
    let result: Result<Timestamp?, any Error> = await withCheckedContinuation { continuation in
      _ = WorkerThread(name: "hold-expiry") {
        continuation.resume(returning: Result { try manager.run() })
      }
    }
    _ = try result.get()
    let end = redress.log.durableEnd(of: acme)
    var types: [String] = []
    try redress.log.readEvents(of: acme, in: Position(end.value - 3)..<end) { _, line in
      types.append(try RecordedEvent(line: line).event.type)
    }
    return types.contains("PayoutHoldExpired") ? "PayoutHoldExpired" : types[2]
  }

  @Test func `submits what was refused once the clock is right again`() async throws {
    let redress = try await holding(days: -1)
    defer { redress.removeFolder() }
    let manager = manager(of: redress) { .now }
    clocks.set(by: .seconds(3_600))
    #expect(try await lastType(after: manager, of: redress) == "ImportEnded")
    clocks.set(by: .seconds(-3_600))
    #expect(try await lastType(after: manager, of: redress) == "PayoutHoldExpired")
    redress.stop()
  }

  @Test func `takes nothing for due because the clock has jumped`() async throws {
    let redress = try await holding(days: 10)
    defer { redress.removeFolder() }
    let clock = redress.sequencer.clock
    let manager = manager(of: redress) { clock.present }
    clocks.set(by: .seconds(365 * 86_400))
    // As where the jump ends between reading what is due and deciding it.
    let due = clock.present
    clocks.set(by: .seconds(-365 * 86_400))
    let early = self.manager(of: redress) { due }
    #expect(try await lastType(after: early, of: redress) == "ImportEnded")
    clocks.pass(.seconds(11 * 86_400))
    #expect(try await lastType(after: manager, of: redress) == "PayoutHoldExpired")
    redress.stop()
  }

  /// - Parameter refused: the command that meets the jump.
  @Test(arguments: ["ExecuteRefund", "RecordRefundExecuted"])
  func `pays a refund once, and records it after the jump`(refused: String) throws {
    let payment = Payment(refusing: refused)
    let execution = payment.begin()
    for _ in 1...6 {
      _ = try execution.run()
      payment.executor.runAll()
      payment.pass(seconds: 2)
    }
    #expect(payment.gateway.paid.count == 1)
    let expected =
      refused == "ExecuteRefund"
      ? ["ExecuteRefund", "RecordRefundExecuted"]
      : ["ExecuteRefund", "RecordRefundOutcomeUnknown"]
    #expect(payment.recorded == expected)
  }
}

/// A refund to pay, where the first command of one type is refused because of the clock.
private final class Payment: Sendable {
  let executor = StepExecutor()
  let gateway = SimulatedPaymentGateway(crash: {})
  private let work: ListedWork
  private let commands = Mutex<(recorded: [String], isRefused: Bool)>(([], false))
  private let time = Mutex(Timestamp(microseconds: 0))
  private let refused: String
  private let refund = RefundToExecute(
    tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r1"), stage: .approved,
    position: Position(7), attempt: 0, currency: "GBP")

  init(refusing refused: String) {
    self.refused = refused
    work = ListedWork([refund])
  }

  /// The types of the commands that were recorded.
  var recorded: [String] { commands.withLock { $0.recorded } }

  func begin() -> RefundExecution {
    RefundExecution(
      submit: { [self] in answer(to: $0.command.command.type) }, gateway: gateway, work: work,
      clock: { [self] in time.withLock { $0 } }, carryOut: { [self] in executor.carryOut($0) },
      retryDelay: { _ in 0 })
  }

  private func answer(to type: String) -> Answer {
    let isRefused = commands.withLock { commands in
      if type == refused, !commands.isRefused {
        commands.isRefused = true
        return true
      }
      commands.recorded.append(type)
      return false
    }
    if isRefused {
      return Answer(.clockJumped(ClockJump(.setForward, from: .now, to: .now)))
    }
    let position = type == "ExecuteRefund" ? work.start(refund.refundID) : Position(9)
    return Answer(
      .accepted([
        EventReference(
          type: type, stream: StreamName("refund/r1"), position: position, revision: Revision(3))
      ]))
  }

  func pass(seconds: Int64) {
    time.withLock { $0 = Timestamp(microseconds: $0.microseconds + seconds * 1_000_000) }
  }
}
