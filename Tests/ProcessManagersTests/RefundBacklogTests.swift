// Many refunds that wait at once: all are taken up, and each is read a bounded number of times.

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

struct `Paying a backlog` {
  /// A refund whose commands are refused stays in the due work.
  @Test func `goes on behind any number of refunds that cannot be paid now`() {
    let executor = StepExecutor()
    let all = (1...1_200).map(Self.approved)
    let asked = Mutex<Set<String>>([])
    let execution = RefundExecution(
      submit: { submission in
        asked.withLock { _ = $0.insert(submission.command.command.target?.rawValue ?? "") }
        return Answer(.conflict)
      }, gateway: SimulatedPaymentGateway(crash: {}), work: ListedWork(all),
      clock: { Timestamp(microseconds: 0) }, carryOut: { executor.carryOut($0) },
      retryDelay: { _ in 0 })
    _ = try? execution.run()
    executor.runAll()
    #expect(asked.withLock { $0.count } == all.count)
  }

  /// Paying a backlog takes work in proportion to its length.
  @Test func `reads each entry a bounded number of times, however long the backlog is`() throws {
    func readsPerRefund(_ count: Int) throws -> Double {
      let executor = StepExecutor()
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
        carryOut: { executor.carryOut($0) }, retryDelay: { _ in 0 })
      _ = try execution.run()
      executor.runAll()
      #expect(settled.withLock { $0 } == count && gateway.paid.count == count)
      return Double(work.readCount) / Double(count)
    }
    let (short, long) = (try readsPerRefund(250), try readsPerRefund(2_000))
    #expect(long <= short * 1.5 + 1, "\(short) reads of each refund of 250, \(long) of 2,000")
  }

  private static func approved(_ number: Int) -> RefundToExecute {
    RefundToExecute(
      tenant: TenantID(unchecked: "acme"), refundID: RefundID(unchecked: "r\(number)"),
      stage: .approved, position: Position(UInt64(number)), attempt: 0, currency: "GBP")
  }
}
