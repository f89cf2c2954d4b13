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

  private static func instruction(_ amount: Int, _ currency: String) -> PaymentInstruction {
    PaymentInstruction(
      tenant: TenantID(unchecked: "acme"), refundID: "r1", idempotencyKey: "r1.1", amount: amount,
      currency: currency)
  }

  @Test func `converts the amount and nothing else`() async {
    let provider = Recorder()
    let gateway = CountingGateway(provider, in: .stripe)
    let kronur = Self.instruction(5, "ISK")
    #expect(await gateway.pay(kronur) == .paid(settlementReference: "ref"))
    #expect(await gateway.lookUp(kronur) == .paid(settlementReference: "ref"))
    #expect(
      provider.asked.withLock { $0 } == Array(repeating: Self.instruction(500, "ISK"), count: 2))
  }

  @Test func `is a known failure, with the reason, where it would have to round`() async {
    let provider = Recorder()
    let gateway = CountingGateway(provider, in: .stripe)
    let ariary = Self.instruction(12_345, "MGA")
    let reason =
      "Stripe pays in steps of MGA 1.00, so it cannot be asked for exactly MGA 123.45. "
      + "Cancel the refund and request one that comes to such a step."
    #expect(await gateway.pay(ariary) == .declined(reason: reason))
    #expect(await gateway.lookUp(ariary) == .declined(reason: reason))
    #expect(provider.asked.withLock { $0.isEmpty })
  }
}
