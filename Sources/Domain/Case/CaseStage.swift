// The stages of a case (rule book, SupportCase): open → in progress → resolved → closed.

public import Events

/// What a case's statuses have in common; stages are what the rules are about.
public enum CaseStage: String, CaseIterable, Sendable {
  case open, inProgress, resolved, closed
}

extension CaseStatus {
  /// The stage that this status belongs to.
  public var stage: CaseStage {
    switch self {
    case .open: .open
    case .awaitingCustomer, .awaitingSeller, .investigating, .decisionPending, .escalated:
      .inProgress
    case .resolved, .refunded, .denied, .goodwill: .resolved
    case .closed: .closed
    }
  }
}

extension CaseResolution {
  /// The status of a case that was resolved so.
  public var status: CaseStatus {
    switch self {
    case .resolved: .resolved
    case .refunded: .refunded
    case .denied: .denied
    case .goodwill: .goodwill
    }
  }
}
