// Changed outcomes added up by what they have in common. Amounts of different currencies are never
// added; no sum wraps.

public import EventSourcing
public import Events

/// The changed outcomes by one of their properties.
public struct Breakdown: Sendable, Hashable {
  public enum Property: String, CaseIterable, Sendable {
    case total, tenant, rule, reason
    case customerGroup
  }

  /// The outcomes that have the property's value in common.
  public struct Row: Sendable, Hashable {
    /// All tenants if `nil`.
    public var tenant: TenantID?
    public var currency: CurrencyCode
    /// `R4 outsideReturnWindow`, the reason, or the customer's tags; empty for a
    /// tenant and for all.
    public var value: String
    public var refused = Tally()
    public var allowed = Tally()
    /// The sum of the differences.
    public var amount = Tally()
  }

  /// A number of outcomes and their amounts in minor units.
  public struct Tally: Sendable, Hashable {
    public var count = 0
    public var sum = 0

    fileprivate mutating func add(
      _ amount: Int, _ currency: CurrencyCode
    ) throws(BacktestError) {
      let (sum, overflow) = sum.addingReportingOverflow(amount)
      guard !overflow else { throw .sumTooLarge(currency) }
      self.sum = sum
      count += 1
    }
  }

  public var property: Property
  /// In the order of tenants, currencies and values.
  public var rows: [Row]

  init(of outcomes: [ChangedOutcome], by property: Property) throws(BacktestError) {
    self.property = property
    var rows: [[String]: Row] = [:]
    for outcome in outcomes {
      let value = outcome.value(of: property)
      let tenant = property == .total ? nil : outcome.tenant
      let key = [tenant?.rawValue ?? "", outcome.currency.rawValue, value]
      var row = rows[key] ?? Row(tenant: tenant, currency: outcome.currency, value: value)
      switch outcome.effect {
      case .refused: try row.refused.add(outcome.amount, outcome.currency)
      case .allowed: try row.allowed.add(outcome.amount, outcome.currency)
      case .amount(let difference): try row.amount.add(difference, outcome.currency)
      }
      rows[key] = row
    }
    self.rows = rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }
}

extension ChangedOutcome {
  /// The customer's tags, or that there are none.
  public var customerGroup: String {
    customerTags.isEmpty ? "no tags" : customerTags.joined(separator: ", ")
  }

  fileprivate func value(of property: Breakdown.Property) -> String {
    switch property {
    case .total, .tenant: ""
    case .rule:
      switch effect {
      case .refused(let rule, let reason), .allowed(let rule, let reason): "\(rule) \(reason)"
      case .amount: "another amount"
      }
    case .reason: reason
    case .customerGroup: customerGroup
    }
  }
}
