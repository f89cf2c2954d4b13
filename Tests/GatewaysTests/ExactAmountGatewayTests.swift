// The provider is asked in its own units, and never for what it cannot pay exactly.

import Domain
import EventSourcing
import Gateways
import Synchronization
import Testing

struct `Asking in the provider's units` {
  private final class Recorder: PaymentGateway {
    let asked = Mutex<[PaymentInstruction]>([])

    func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
      asked.withLock { $0.append(instruction) }
      return .paid(settlementReference: "ref")
    }

    func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord {
      asked.withLock { $0.append(instruction) }
      return .paid(settlementReference: "ref")
    }
  }

  private static func instruction(
    _ currency: String, _ provider: String?, _ amount: Int
  ) -> PaymentInstruction {
    PaymentInstruction(
      tenant: TenantID(unchecked: "acme"), refundID: "r1", paymentID: "p1", provider: provider,
      idempotencyKey: "r1.p1.1", amount: amount, currency: currency)
  }

  @Test(arguments: [("stripe", 500), ("acme_pay", 5), (nil, 5), ("Adyen", 500)])
  func `converts what goes back by who took the payment`(provider: String?, units: Int) async {
    let recorder = Recorder()
    let gateway = ExactAmountGateway(recorder)
    let kronur = Self.instruction("ISK", provider, 5)
    #expect(await gateway.pay(kronur) == .paid(settlementReference: "ref"))
    #expect(await gateway.lookUp(kronur) == .paid(settlementReference: "ref"))
    let asked = Self.instruction("ISK", provider, units)
    #expect(recorder.asked.withLock { $0 } == [asked, asked])
  }

  @Test func `is a known failure, with the reason, where it would have to round`() async {
    let recorder = Recorder()
    let gateway = ExactAmountGateway(recorder)
    let ariary = Self.instruction("MGA", "stripe", 12_345)
    let reason =
      "Stripe pays in steps of MGA 1.00, so it cannot be asked for exactly MGA 123.45. "
      + "Cancel the refund and request one that comes to such a step."
    #expect(await gateway.pay(ariary) == .declined(reason: reason))
    #expect(await gateway.lookUp(ariary) == .declined(reason: reason))
    #expect(recorder.asked.withLock { $0.isEmpty })
  }
}
