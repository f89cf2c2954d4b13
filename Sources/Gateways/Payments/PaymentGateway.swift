// The port to payment providers. An adapter translates one provider's answers into these few cases.
// What must hold (R7, R9):
//
// - The same idempotency key of the same tenant never pays twice, also when it is sent at the same
//   time or after a restart.
// - An answer that did not arrive is `unknown`, never `declined`.
// - A key that the books call `neverReceived` is not paid later.
//
// Tests/GatewaysTests has the contract suite that every adapter passes.

/// Moves money back to customers.
public protocol PaymentGateway: Sendable {
  /// Asks the provider to pay.
  ///
  /// The same instruction may be sent again: the provider pays once and gives the same answer.
  func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer

  /// Looks an instruction up in the provider's books by its idempotency key, without paying.
  func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord
}

/// A provider's answer to a request to pay.
public enum PaymentAnswer: Sendable, Hashable {
  /// The provider took the request, and has not moved the money yet.
  case accepted(reason: String)
  case paid(settlementReference: String)
  /// The provider refused; the money did not move.
  case declined(reason: String)
  /// The money may have moved or not: no answer, a broken answer, a dropped connection.
  case unknown(reason: String)
}

/// What a provider's books say about an idempotency key.
public enum PaymentRecord: Sendable, Hashable {
  /// The provider has the request, and has not moved the money yet.
  case accepted(reason: String)
  case paid(settlementReference: String)
  case declined(reason: String)
  /// The request did not reach the provider, and a late one is refused.
  case neverReceived
  /// The books cannot be read now; ask again later.
  case unavailable(reason: String)
}
