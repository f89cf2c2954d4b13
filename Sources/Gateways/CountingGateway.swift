// The boundary where minor units of ISO 4217 become a provider's own. What cannot be said exactly
// in the provider's units is never asked for: it is declined here, with the reason, and so a known
// failure (R7, R8).

internal import Domain
import Events

/// Asks another gateway for each part in the units of the provider that took the payment.
public struct CountingGateway<Wrapped: PaymentGateway>: PaymentGateway {
  private let wrapped: Wrapped

  public init(_ wrapped: Wrapped) { self.wrapped = wrapped }

  public func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
    switch counted(instruction) {
    case .success(let counted): await wrapped.pay(counted)
    case .failure(let refusal): .declined(reason: refusal.description)
    }
  }

  public func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord {
    switch counted(instruction) {
    case .success(let counted): await wrapped.lookUp(counted)
    case .failure(let refusal): .declined(reason: refusal.description)
    }
  }

  private func counted(
    _ instruction: PaymentInstruction
  ) -> Result<PaymentInstruction, NotPayableExactly> {
    let currency = CurrencyCode(unchecked: instruction.currency)
    return Result { () throws(NotPayableExactly) in
      var counted = instruction
      for (index, part) in instruction.parts.enumerated() {
        let units = ProviderUnits.named(part.provider)
        counted.parts[index].amount = try units.amount(of: Money(part.amount, currency))
      }
      return counted
    }
  }
}
