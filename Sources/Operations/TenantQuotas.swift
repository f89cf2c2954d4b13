// How much is kept for each tenant, so that one cannot fill the disk of all. What must hold: what
// is over a quota is refused before anything of it is stored, and no tenant's use counts against
// another's.

public import EventSourcing

/// What is counted for each tenant; the raw value is its key in `redress.json`.
public enum Quota: String, Sendable, Hashable, CaseIterable {
  /// The contents of its evidence, which is kept for ever.
  case evidenceBytes
  case drafts
  case webhooks
  /// Refused commands that are recorded in one day (UTC).
  case refusals
}

/// The most of each that a tenant may have.
public struct TenantQuotas: Sendable, Hashable {
  public var evidenceBytes = 10 << 30
  public var drafts = 10_000
  public var webhooks = 250_000
  public var refusals = 100_000

  public static let range = 1...1 << 50

  public init() {}

  public subscript(quota: Quota) -> Int {
    get {
      switch quota {
      case .evidenceBytes: evidenceBytes
      case .drafts: drafts
      case .webhooks: webhooks
      case .refusals: refusals
      }
    }
    set {
      switch quota {
      case .evidenceBytes: evidenceBytes = newValue
      case .drafts: drafts = newValue
      case .webhooks: webhooks = newValue
      case .refusals: refusals = newValue
      }
    }
  }
}

/// A tenant has as much as it may; nothing was stored.
public struct QuotaExceeded: Error, Sendable, Hashable {
  public var quota: Quota
  public var tenant: TenantID
  /// What it has without what was refused.
  public var used: Int
  public var limit: Int

  public init(_ quota: Quota, of tenant: TenantID, used: Int, limit: Int) {
    (self.quota, self.tenant, self.used, self.limit) = (quota, tenant, used, limit)
  }

  /// What is wrong, and what would be right.
  public var explanation: String {
    "The tenant \(tenant) has \(used) \(things), of at most \(limit)\(remedy), or an operator "
      + "raises quotas.\(quota.rawValue) in redress.json."
  }

  private var things: String {
    switch quota {
    case .evidenceBytes: "bytes of evidence"
    case .drafts: "drafts"
    case .webhooks: "webhooks"
    case .refusals: "refusals recorded today"
    }
  }

  private var remedy: String {
    switch quota {
    case .evidenceBytes: ", and this would be more. Send a smaller file"
    case .drafts: ". Delete some, or wait: a draft is kept for 12 hours"
    case .webhooks: ". Wait: a webhook is kept for 90 days"
    case .refusals: ". Correct the commands, or wait for the next day (UTC)"
    }
  }
}
