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
    _ currency: String, _ parts: (String?, Int)..., asked: [Int]? = nil
  ) -> PaymentInstruction {
    PaymentInstruction(
      tenant: TenantID(unchecked: "acme"), refundID: "r1", idempotencyKey: "r1.1",
      amount: parts.reduce(0) { $0 + $1.1 }, currency: currency,
      parts: parts.enumerated().map { index, part in
        .init(paymentID: "p\(index)", provider: part.0, amount: asked?[index] ?? part.1)
      })
  }

  @Test func `converts each part by who took the payment, and nothing else`() async {
    let provider = Recorder()
    let gateway = ExactAmountGateway(provider)
    let kronur = Self.instruction("ISK", ("stripe", 5), ("acme_pay", 7), (nil, 8), ("Adyen", 9))
    #expect(await gateway.pay(kronur) == .paid(settlementReference: "ref"))
    #expect(await gateway.lookUp(kronur) == .paid(settlementReference: "ref"))
    let asked = Self.instruction(
      "ISK", ("stripe", 5), ("acme_pay", 7), (nil, 8), ("Adyen", 9), asked: [500, 7, 8, 900])
    #expect(provider.asked.withLock { $0 } == [asked, asked])
  }

  @Test func `is a known failure, with the reason, where it would have to round`() async {
    let provider = Recorder()
    let gateway = ExactAmountGateway(provider)
    let ariary = Self.instruction("MGA", ("adyen", 12_345), ("stripe", 12_345))
    let reason =
      "Stripe pays in steps of MGA 1.00, so it cannot be asked for exactly MGA 123.45. "
      + "Cancel the refund and request one that comes to such a step."
    #expect(await gateway.pay(ariary) == .declined(reason: reason))
    #expect(await gateway.lookUp(ariary) == .declined(reason: reason))
    #expect(provider.asked.withLock { $0.isEmpty })
  }
}
