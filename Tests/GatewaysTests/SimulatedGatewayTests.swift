// The simulated provider keeps the contract, and its books survive torn and failed writes.

import Foundation
import Gateways
import Synchronization
import Testing

/// The simulated provider with its books in a file.
private final class SimulatedBench: PaymentGatewayBench {
  private let folder = Mutex(TemporaryFolder())
  private let behaviours = Mutex<[String: SimulatedPaymentGateway.Behaviour]>([:])

  var path: String { folder.withLock { $0.path + "/books.tsv" } }

  func open() -> any PaymentGateway {
    SimulatedPaymentGateway(
      path: path,
      behaviour: { [self] instruction in
        behaviours.withLock { $0[instruction.refundID] ?? .pay }
      }, crash: {})
  }

  func set(_ behaviour: ProviderBehaviour, for refundID: String) {
    let simulated: SimulatedPaymentGateway.Behaviour =
      switch behaviour {
      case .pay: .pay
      case .decline: .decline
      case .pend: .pend
      case .payInSilence: .timeout
      case .receiveNothing: .lose
      }
    behaviours.withLock { $0[refundID] = simulated }
  }
}

struct `The simulated gateway` {
  private let instruction = PaymentGatewayContract.instruction()

  @Test(arguments: PaymentGatewayContract.clauses)
  func `keeps the contract`(clause: PaymentGatewayContract.Clause) async throws {
    try await clause.check(SimulatedBench())
  }

  @Test func `writes one line for each entry`() async throws {
    let bench = SimulatedBench()
    let gateway = bench.open()
    bench.set(.decline, for: "r2")
    let paid = await gateway.pay(instruction)
    guard case .paid(let reference) = paid else {
      Issue.record("it is not paid")
      return
    }
    _ = await gateway.pay(instruction)
    _ = await gateway.pay(PaymentGatewayContract.instruction(refund: "r2"))
    #expect(
      try String(contentsOfFile: bench.path, encoding: .utf8) == """
        paid\tacme/r1.p1.1\t\(reference)\t600\tGBP
        declined\tacme/r2.p1.1\tdeclined by the simulated provider

        """)
  }

  @Test func `drops a line that a crash cut off, which was never answered`() async throws {
    let bench = SimulatedBench()
    let whole = "paid\tacme/r9.p1.1\tsim_9\t100\tGBP\n"
    try Data((whole + "paid\tacme/r1.p1.1\tsim_1\t6").utf8).write(to: URL(filePath: bench.path))
    let gateway = bench.open()
    #expect(await gateway.lookUp(instruction) == .neverReceived)
    _ = await gateway.pay(instruction)
    let again = bench.open()
    #expect(
      await again.lookUp(PaymentGatewayContract.instruction(refund: "r9"))
        == .paid(settlementReference: "sim_9"))
    let lines = try String(contentsOfFile: bench.path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2 && lines[1].hasPrefix("paid\tacme/r1.p1.1\t"))
  }

  @Test func `pays nothing while its books cannot be opened, and pays once they can`() async throws
  {
    let folder = TemporaryFolder()
    let books = folder.path + "/later/books.tsv"
    let gateway = SimulatedPaymentGateway(path: books, crash: {})
    guard case .unknown(let reason) = await gateway.pay(instruction),
      case .unavailable(reason) = await gateway.lookUp(instruction)
    else {
      Issue.record("it answers without its books")
      return
    }
    #expect(reason.contains("cannot open its books \(books)"))
    #expect(gateway.paid.count == 0)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/later", withIntermediateDirectories: false)
    #expect(await gateway.lookUp(instruction) == .neverReceived)
    guard case .paid = await gateway.pay(instruction) else {
      Issue.record("it does not pay")
      return
    }
  }

  /// 4,000 payments must take no more than a small part of five seconds; each costs one write.
  @Test func `does not slow down as its books grow`() async throws {
    let bench = SimulatedBench()
    let gateway = bench.open()
    let clock = ContinuousClock()
    func time(_ numbers: Range<Int>) async -> Duration {
      await clock.measure {
        for number in numbers {
          _ = await gateway.pay(PaymentGatewayContract.instruction(refund: "r\(number)"))
        }
      }
    }
    let all = await time(0..<4_000)
    #expect(all < .seconds(5))
    let restarted = try #require(bench.open() as? SimulatedPaymentGateway)
    #expect(restarted.paid.count == 4_000)
  }
}
