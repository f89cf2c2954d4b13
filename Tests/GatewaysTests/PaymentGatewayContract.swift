// The contract suite of payment gateways. An adapter's test is a bench, which starts its provider
// and makes it misbehave, and three lines:
//
//   @Test(arguments: PaymentGatewayContract.clauses)
//   func `keeps the contract`(clause: PaymentGatewayContract.Clause) async throws {
//     try await clause.check(SimulatedBench())
//   }

import EventSourcing
import Gateways
import Testing

/// A provider under test.
protocol PaymentGatewayBench: Sendable {
  /// Opens the gateway with the books that the provider has by now, as a restart does.
  func open() throws -> any PaymentGateway

  /// Makes the provider treat one refund in a way of its own; without it the provider pays.
  func set(_ behaviour: ProviderBehaviour, for refundID: String)
}

/// What a provider can do with a request.
enum ProviderBehaviour: Sendable {
  case decline
  /// Accepts, and pays later.
  case pend
  /// Pays; the answer gets lost.
  case payInSilence
  /// Does not get the request.
  case receiveNothing
  case pay
}

enum PaymentGatewayContract {
  /// One thing that every payment gateway does.
  struct Clause: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var check: @Sendable (any PaymentGatewayBench) async throws -> Void

    init(
      _ sentence: String, check: @escaping @Sendable (any PaymentGatewayBench) async throws -> Void
    ) {
      testDescription = sentence
      self.check = check
    }
  }

  static let clauses: [Clause] = [
    Clause("a payment has a reference, and the books have the same") { bench in
      let gateway = try bench.open()
      #expect(await gateway.lookUp(instruction()) == .neverReceived)
      let reference = try #require(await reference(gateway.pay(instruction())))
      #expect(!reference.isEmpty)
      #expect(await gateway.lookUp(instruction()) == .paid(settlementReference: reference))
    },
    Clause("the same key pays once, and gets the same answer") { bench in
      let gateway = try bench.open()
      let first = await gateway.pay(instruction())
      var answers: [PaymentAnswer] = []
      for _ in 0..<3 { answers.append(await gateway.pay(instruction())) }
      #expect(answers == [first, first, first])
    },
    Clause("the same key pays once when it is sent many times at once") { bench in
      let gateway = try bench.open()
      let answers = await withTaskGroup(of: PaymentAnswer.self) { group in
        for _ in 0..<20 { group.addTask { await gateway.pay(instruction()) } }
        return await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(answers.count == 1)
      #expect(try reference(#require(answers.first)) != nil)
    },
    Clause("two tenants may have the same key, and both are paid") { bench in
      let gateway = try bench.open()
      let first = await reference(gateway.pay(instruction()))
      let second = await reference(gateway.pay(instruction(of: "other")))
      #expect(first != nil && second != nil && first != second)
    },
    Clause("another attempt has another key, and is paid by itself") { bench in
      let gateway = try bench.open()
      bench.set(.decline, for: "r1")
      _ = await gateway.pay(instruction())
      bench.set(.pay, for: "r1")
      #expect(await reference(gateway.pay(instruction(attempt: 2))) != nil)
      #expect(await gateway.lookUp(instruction(attempt: 3)) == .neverReceived)
    },
    Clause("a refusal is declined, with a reason, and stays so") { bench in
      let gateway = try bench.open()
      bench.set(.decline, for: "r1")
      let answer = await gateway.pay(instruction())
      let reason = try #require(declineReason(answer))
      #expect(!reason.isEmpty)
      bench.set(.pay, for: "r1")
      #expect(await gateway.pay(instruction()) == answer)
      #expect(await gateway.lookUp(instruction()) == .declined(reason: reason))
    },
    Clause("what is accepted only is paid once, later, and never forgotten") { bench in
      let gateway = try bench.open()
      bench.set(.pend, for: "r1")
      let answer = await gateway.pay(instruction())
      guard case .accepted(let reason) = answer else {
        Issue.record("it is not accepted: \(answer)")
        return
      }
      #expect(!reason.isEmpty)
      #expect(await gateway.pay(instruction()) == answer)
      var record = await gateway.lookUp(instruction())
      for _ in 0..<100 where record == .accepted(reason: reason) {
        record = await gateway.lookUp(instruction())
      }
      guard case .paid(let reference) = record else {
        Issue.record("it is not paid: \(record)")
        return
      }
      #expect(await gateway.pay(instruction()) == .paid(settlementReference: reference))
    },
    Clause("what goes back by another payment has another key, and is paid by itself") { bench in
      let gateway = try bench.open()
      let first = await reference(gateway.pay(instruction()))
      let second = await reference(gateway.pay(instruction(payment: "p2")))
      #expect(first != nil && second != nil && first != second)
    },
    Clause("a lost answer is unknown, and the books know of the payment") { bench in
      let gateway = try bench.open()
      bench.set(.payInSilence, for: "r1")
      guard case .unknown = await gateway.pay(instruction()) else {
        Issue.record("silence is not unknown")
        return
      }
      let record = await gateway.lookUp(instruction())
      bench.set(.pay, for: "r1")
      let reference = try #require(await reference(gateway.pay(instruction())))
      #expect(record == .paid(settlementReference: reference))
    },
    Clause("a request that got lost is unknown, and the books do not have it") { bench in
      let gateway = try bench.open()
      bench.set(.receiveNothing, for: "r1")
      guard case .unknown = await gateway.pay(instruction()) else {
        Issue.record("silence is not unknown")
        return
      }
      #expect(await gateway.lookUp(instruction()) == .neverReceived)
    },
    Clause("a restart keeps the books") { bench in
      var gateway = try bench.open()
      bench.set(.decline, for: "r2")
      let paid = await gateway.pay(instruction())
      let declined = await gateway.pay(instruction(refund: "r2"))
      gateway = try bench.open()
      bench.set(.pay, for: "r2")
      #expect(await gateway.lookUp(instruction(refund: "r3")) == .neverReceived)
      #expect(await gateway.pay(instruction()) == paid)
      #expect(await gateway.pay(instruction(refund: "r2")) == declined)
    },
  ]

  static func instruction(
    of tenant: String = "acme", refund: String = "r1", payment: String = "p1", attempt: Int = 1
  ) -> PaymentInstruction {
    PaymentInstruction(
      tenant: TenantID(unchecked: tenant), refundID: refund, paymentID: payment,
      idempotencyKey: "\(refund).\(payment).\(attempt)", amount: 600, currency: "GBP")
  }

  private static func reference(_ answer: PaymentAnswer) -> String? {
    if case .paid(let reference) = answer { reference } else { nil }
  }

  private static func declineReason(_ answer: PaymentAnswer) -> String? {
    if case .declined(let reason) = answer { reason } else { nil }
  }
}
