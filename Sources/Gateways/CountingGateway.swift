// The boundary where minor units of ISO 4217 become a provider's own. What cannot be said exactly in
// the provider's units is never asked for: it is declined here, with the reason, and so a known failure
// (DOMAIN.md R7, R8).

public import Domain
import Events

/// Asks another gateway in the units of its provider.
public struct CountingGateway<Wrapped: PaymentGateway>: PaymentGateway {
  private let wrapped: Wrapped
  private let units: ProviderUnits

  public init(_ wrapped: Wrapped, in units: ProviderUnits) {
    self.wrapped = wrapped
    self.units = units
  }

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
    let money = Money(instruction.amount, CurrencyCode(unchecked: instruction.currency))
    return Result { () throws(NotPayableExactly) in
      var counted = instruction
      counted.amount = try units.amount(of: money)
      return counted
    }
  }
}
