// The port to whoever moves the money. An adapter translates one provider's answers into these few
// cases and keeps two promises: the same idempotency key never pays twice, and what it does not
// know it calls unknown (R7, R9).

public import EventSourcing

/// What a provider is asked to pay back.
public struct PaymentInstruction: Sendable, Hashable {
  public var tenant: TenantID
  public var refundID: String
  /// Derived from refund and attempt; the provider pays at most once for each key (R7). Refunds are
  /// named by each ``tenant`` for itself, so tenants that share an account share its keys: an
  /// adapter tells them apart by the tenant.
  public var idempotencyKey: String
  /// Minor units of ``currency`` by ISO 4217.
  public var amount: Int
  public var currency: String
  /// The payments that it is given back by, each up to its own amount; together they are the whole.
  public var parts: [Part]

  /// What goes back by one payment.
  public struct Part: Sendable, Hashable {
    public var paymentID: String
    /// Who took the payment, as the shop names them.
    public var provider: String?
    /// Minor units by ISO 4217 until they are the provider's (``CountingGateway``).
    public var amount: Int

    public init(paymentID: String, provider: String?, amount: Int) {
      self.paymentID = paymentID
      self.provider = provider
      self.amount = amount
    }
  }

  public init(
    tenant: TenantID, refundID: String, idempotencyKey: String, amount: Int, currency: String,
    parts: [Part] = []
  ) {
    self.tenant = tenant
    self.refundID = refundID
    self.idempotencyKey = idempotencyKey
    self.amount = amount
    self.currency = currency
    self.parts = parts
  }
}

/// What a provider said when it was asked to pay.
public enum PaymentAnswer: Sendable, Hashable {
  case paid(settlementReference: String)
  /// The provider refused; the money did not move.
  case declined(reason: String)
  /// Nobody can say whether the money moved: no answer, a broken one, a dropped connection.
  case unknown(reason: String)
}

/// What a provider's books say about a key.
public enum PaymentRecord: Sendable, Hashable {
  case paid(settlementReference: String)
  case declined(reason: String)
  /// The request never reached the provider, and never will.
  case neverReceived
  /// The provider cannot say now; ask again later.
  case unavailable(reason: String)
}

/// Moves money back to a customer.
public protocol PaymentGateway: Sendable {
  func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer

  /// Looks an instruction up by its idempotency key, without paying.
  func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord
}
