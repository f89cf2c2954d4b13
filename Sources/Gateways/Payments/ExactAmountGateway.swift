// The boundary where minor units of ISO 4217 become a provider's own. An amount that the provider's
// units cannot express exactly is not sent: it is declined here, with the reason, so the refund
// fails for a known cause (R7, R8).

internal import Domain
import Events

/// Sends each instruction to another gateway in the units of the payment's provider.
public struct ExactAmountGateway<Wrapped: PaymentGateway>: PaymentGateway {
  private let wrapped: Wrapped

  public init(_ wrapped: Wrapped) { self.wrapped = wrapped }

  public func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
    switch exact(instruction) {
    case .success(let exact): await wrapped.pay(exact)
    case .failure(let refusal): .declined(reason: refusal.description)
    }
  }

  public func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord {
    switch exact(instruction) {
    case .success(let exact): await wrapped.lookUp(exact)
    case .failure(let refusal): .declined(reason: refusal.description)
    }
  }

  private func exact(
    _ instruction: PaymentInstruction
  ) -> Result<PaymentInstruction, NotPayableExactly> {
    Result { () throws(NotPayableExactly) in
      var exact = instruction
      let money = Money(instruction.amount, CurrencyCode(unchecked: instruction.currency))
      exact.amount = try ProviderUnits.named(instruction.provider).amount(of: money)
      return exact
    }
  }
}
