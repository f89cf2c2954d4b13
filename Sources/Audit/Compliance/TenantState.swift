// What a control sees of a tenant: all aggregates and the accounts of all orders, before a commit
// or after it. The state after a commit is the replay's own; the state before it has, in addition,
// what the commit's streams were. Both hold until the next commit is replayed.

import Domain
import EventSourcing
import Events
import PersonalData

/// The aggregates of one tenant as they were before or after a commit.
struct TenantState {
  let tenantID: TenantID
  let aggregates: ReplayedAggregates
  let accounts: OrderAccounts
  /// The personal keys of today; `nil` where the audit has none.
  let vault: PersonalVault?
  /// What an erasure recorded of the key that it destroyed; `nil` for today's keys.
  var recordedFingerprint: KeyFingerprint?
  /// The streams of the commit as they were before it; empty for the state after it. They are few,
  /// so a search is faster than a dictionary.
  private var earlier: [(subject: Subject, aggregate: ReplayedAggregate)] = []
  /// The accounts of the commit's orders before it.
  private var earlierAccounts: [(order: OrderID, account: OrderAccount)] = []

  init(
    of tenantID: TenantID, _ aggregates: ReplayedAggregates, _ accounts: OrderAccounts,
    vault: PersonalVault?
  ) {
    (self.tenantID, self.aggregates, self.accounts) = (tenantID, aggregates, accounts)
    self.vault = vault
  }

  /// Keeps a stream of a commit, and its order's account, as they are before the commit.
  mutating func keep(_ stream: ReplayedAggregates.Stream, of subject: Subject) {
    guard !earlier.contains(where: { $0.subject == subject }) else { return }
    earlier.append((subject, stream.aggregate))
    if case .order(let id) = subject { earlierAccounts.append((id, accounts[id])) }
  }

  /// Puts one aggregate in another state.
  mutating func set(_ subject: Subject, to aggregate: ReplayedAggregate) {
    earlier.removeAll { $0.subject == subject }
    earlier.append((subject, aggregate))
  }

  // Each is looked for where it is: a state is large to copy.

  /// The account of an order, by its events alone.
  func account(_ id: OrderID) -> OrderAccount {
    if let index = earlierAccounts.firstIndex(where: { $0.order == id }) {
      return earlierAccounts[index].account
    }
    return accounts[id]
  }

  private subscript(subject: Subject) -> ReplayedAggregate? {
    if let index = earlier.firstIndex(where: { $0.subject == subject }) {
      return earlier[index].aggregate
    }
    return aggregates[subject]
  }
}

// An aggregate without events is in its first state.
extension TenantState: Aggregates {
  var tenant: Tenant { if case .tenant(let state)? = self[.tenant] { state } else { Tenant() } }

  var privacy: Privacy {
    if case .privacy(let state)? = self[.privacy] { state } else { Privacy() }
  }

  func customer(_ id: CustomerID) -> Customer {
    if case .customer(let state)? = self[.customer(id)] { state } else { Customer() }
  }

  func order(_ id: OrderID) -> Order {
    if case .order(let state)? = self[.order(id)] { state } else { Order() }
  }

  func supportCase(_ id: CaseID) -> SupportCase {
    if case .supportCase(let state)? = self[.supportCase(id)] { state } else { SupportCase() }
  }

  func refund(_ id: RefundID) -> Refund {
    if case .refund(let state)? = self[.refund(id)] { state } else { Refund() }
  }

  func `return`(_ id: ReturnID) -> Return {
    if case .return(let state)? = self[.return(id)] { state } else { Return() }
  }

  func hold(_ id: HoldID) -> PayoutHold {
    if case .hold(let state)? = self[.hold(id)] { state } else { PayoutHold() }
  }

  /// Without keys, ``PersonalText/keyMissing`` stands for every sealed text.
  func details(of id: CustomerID) throws -> Customer.Details {
    try customer(id).details.map { field, recorded in
      guard let vault else {
        return PersonalText.isSealed(recorded.text) ? PersonalText.keyMissing : recorded.text
      }
      return try vault.openDetail(
        recorded.text, field, of: id, in: tenantID, revision: recorded.revision)
    }
  }

  /// The key's of today; `nil` where there are no keys, or the person's was destroyed.
  func keyFingerprint(of id: SubjectID) throws -> KeyFingerprint? {
    if let recordedFingerprint { return recordedFingerprint }
    return try vault?.fingerprint(of: Person(id.rawValue, of: tenantID)).map {
      KeyFingerprint(unchecked: $0)
    }
  }
}
