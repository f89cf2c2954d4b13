// What a payment provider is asked to pay back, in the service's own words. An adapter translates
// it into one provider's request.

public import EventSourcing
public import Events

/// One leg of a refund to pay: what goes back by one of the payments that its order was paid by.
public struct PaymentInstruction: Sendable, Hashable {
  /// The tenant whose customer gets the money.
  public var tenant: TenantID
  public var refundID: String
  /// The payment that the money goes back by.
  public var paymentID: String
  /// The provider that took the payment, as the shop names it.
  public var provider: String?
  /// Derived from refund, payment and attempt; the provider pays at most once for each key (R7).
  /// Each ``tenant`` names its refunds by itself, so two tenants may have the same key: an adapter
  /// keeps them apart by the tenant.
  public var idempotencyKey: String
  /// Minor units of ``currency`` by ISO 4217; the provider's own units behind an
  /// ``ExactAmountGateway``.
  public var amount: Int
  /// An ISO 4217 code, such as `GBP`.
  public var currency: String
  /// The trace of the request that the payment goes back to, for the header `traceparent` of an
  /// adapter's request; no part of what is paid.
  public var trace: TraceParent?

  public init(
    tenant: TenantID, refundID: String, paymentID: String, provider: String? = nil,
    idempotencyKey: String, amount: Int, currency: String
  ) {
    self.tenant = tenant
    self.refundID = refundID
    self.paymentID = paymentID
    self.provider = provider
    self.idempotencyKey = idempotencyKey
    self.amount = amount
    self.currency = currency
  }
}
