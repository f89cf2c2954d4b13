// The aggregates of one tenant that are in memory. The log is their only source: an aggregate that
// is not in memory is folded from a snapshot and its stream, and the least recently used ones are
// evicted. What must hold: an aggregate whose last event is not durable yet is never evicted,
// because the log could not restore it.

import Domain
import EventLog
import EventSourcing
import Events
import PersonalData

/// How many aggregates are in memory, and when each was used, over all tenants.
final class MemoryBudget {
  /// The number of aggregates above which the least recently used ones are evicted.
  let capacity: Int
  fileprivate(set) var count = 0
  /// Counts uses.
  fileprivate var clock = 0

  init(capacity: Int) { self.capacity = capacity }

  var isExceeded: Bool { count > capacity }

  /// No aggregate is in memory any more.
  func forgetAll() { count = 0 }
}

/// The aggregates of one tenant.
final class Repository {
  let id: TenantID
  var nextPosition: Position
  /// When the tenant's last event was recorded; no later event has an earlier recorded time.
  let lastRecordedTime: Timestamp
  let loadedTenant: Loaded<Tenant>
  private var customers: [CustomerID: Loaded<Customer>] = [:]
  private var orders: [OrderID: Loaded<Order>] = [:]
  private var cases: [CaseID: Loaded<SupportCase>] = [:]
  private var refunds: [RefundID: Loaded<Refund>] = [:]
  private var holds: [HoldID: Loaded<PayoutHold>] = [:]
  private var returns: [ReturnID: Loaded<Return>] = [:]
  private let log: EventLog
  let vault: PersonalVault
  private let budget: MemoryBudget

  /// Loaded at its first use.
  private var knownPrivacy: Loaded<Privacy>?

  private static let privacyStream = StreamName("privacy")
  private static let tenantStream = StreamName("tenant")

  init(id: TenantID, log: EventLog, vault: PersonalVault, budget: MemoryBudget) throws {
    self.id = id
    self.log = log
    self.vault = vault
    self.budget = budget
    self.nextPosition = log.nextPosition(of: id)
    self.lastRecordedTime = try Self.lastRecordedTime(before: nextPosition, of: id, in: log)
    self.loadedTenant = try Loaded(from: Repository.tenantStream, of: id, in: log)
  }

  private static func lastRecordedTime(
    before end: Position, of tenant: TenantID, in log: EventLog
  ) throws -> Timestamp {
    var time = Timestamp(microseconds: 0)
    guard end > .first else { return time }
    try log.readEvents(of: tenant, at: [Position(end.value - 1)]) { _, line in
      time = try RecordedEvent(line: line).recordedTime
    }
    return time
  }

  func loadedPrivacy() throws -> Loaded<Privacy> {
    if let knownPrivacy { return knownPrivacy }
    let loaded = try Loaded<Privacy>(from: Repository.privacyStream, of: id, in: log)
    knownPrivacy = loaded
    return loaded
  }

  func loaded(_ id: CustomerID) throws -> Loaded<Customer> {
    try find(id, "customer/", in: &customers)
  }

  func loaded(_ id: OrderID) throws -> Loaded<Order> { try find(id, "order/", in: &orders) }

  func loaded(_ id: CaseID) throws -> Loaded<SupportCase> {
    try find(id, "case/", in: &cases)
  }

  func loaded(_ id: RefundID) throws -> Loaded<Refund> { try find(id, "refund/", in: &refunds) }

  func loaded(_ id: HoldID) throws -> Loaded<PayoutHold> { try find(id, "hold/", in: &holds) }

  func loaded(_ id: ReturnID) throws -> Loaded<Return> {
    try find(id, "return/", in: &returns)
  }

  private func find<ID: Identifier, State: Snapshotted>(
    _ id: ID, _ kind: String, in known: inout [ID: Loaded<State>]
  ) throws -> Loaded<State> {
    budget.clock += 1
    if let loaded = known[id] {
      loaded.lastUse = budget.clock
      return loaded
    }
    let loaded = try Loaded<State>(from: StreamName(kind + id.rawValue), of: self.id, in: log)
    loaded.lastUse = budget.clock
    known[id] = loaded
    budget.count += 1
    return loaded
  }

  private var count: Int {
    customers.count + orders.count + cases.count + refunds.count + holds.count + returns.count
  }

  /// Evicts the least recently used aggregates after storing their states in the index; keeps those
  /// that are not durable.
  func dropUnused(durableEnd: Position) {
    let before = count
    let oldest = budget.clock - budget.capacity / 2
    func drop<ID: Identifier, State>(_ kind: String, from known: inout [ID: Loaded<State>]) {
      known = known.filter { id, loaded in
        if loaded.lastUse > oldest || !loaded.isDurable(durableEnd) { return true }
        loaded.keep(as: StreamName(kind + id.rawValue), of: self.id, in: log)
        return false
      }
    }
    drop("customer/", from: &customers)
    drop("order/", from: &orders)
    drop("case/", from: &cases)
    drop("refund/", from: &refunds)
    drop("hold/", from: &holds)
    drop("return/", from: &returns)
    budget.count -= before - count
  }

  /// Stores the states of all changed and durable aggregates in the index.
  func keepStates(durableEnd: Position) {
    func keep<ID: Identifier, State>(_ kind: String, in known: [ID: Loaded<State>]) {
      for (id, loaded) in known where loaded.isDurable(durableEnd) {
        loaded.keep(as: StreamName(kind + id.rawValue), of: self.id, in: log)
      }
    }
    if loadedTenant.isDurable(durableEnd) {
      loadedTenant.keep(as: Repository.tenantStream, of: id, in: log)
    }
    if let knownPrivacy, knownPrivacy.isDurable(durableEnd) {
      knownPrivacy.keep(as: Repository.privacyStream, of: id, in: log)
    }
    keep("customer/", in: customers)
    keep("order/", in: orders)
    keep("case/", in: cases)
    keep("refund/", in: refunds)
    keep("hold/", in: holds)
    keep("return/", in: returns)
  }
}

extension Repository: Aggregates {
  var tenant: Tenant { loadedTenant.state }
  var privacy: Privacy { get throws { try loadedPrivacy().state } }

  func customer(_ id: CustomerID) throws -> Customer { try loaded(id).state }
  func order(_ id: OrderID) throws -> Order { try loaded(id).state }
  func supportCase(_ id: CaseID) throws -> SupportCase { try loaded(id).state }
  func refund(_ id: RefundID) throws -> Refund { try loaded(id).state }
  func hold(_ id: HoldID) throws -> PayoutHold { try loaded(id).state }
  func `return`(_ id: ReturnID) throws -> Return { try loaded(id).state }

  func details(of id: CustomerID) throws -> Customer.Details {
    try customer(id).details.map { field, recorded in
      try vault.openDetail(
        recorded.text, field, of: id, in: self.id, revision: recorded.revision)
    }
  }

  func keyFingerprint(of id: SubjectID) throws -> KeyFingerprint? {
    try vault.fingerprint(of: Person(id.rawValue, of: self.id)).map {
      KeyFingerprint(unchecked: $0)
    }
  }
}

// The next revision of each aggregate.
extension Repository {
  /// Folds an event that was just decided into the aggregate it belongs to.
  func record(
    _ event: Event, in subject: Subject, at position: Position, time: Timestamp
  ) throws {
    switch subject {
    case .tenant: try loadedTenant.evolve(event, at: position, time: time)
    case .customer(let id): try loaded(id).evolve(event, at: position, time: time)
    case .order(let id): try loaded(id).evolve(event, at: position, time: time)
    case .supportCase(let id): try loaded(id).evolve(event, at: position, time: time)
    case .refund(let id): try loaded(id).evolve(event, at: position, time: time)
    case .hold(let id): try loaded(id).evolve(event, at: position, time: time)
    case .return(let id): try loaded(id).evolve(event, at: position, time: time)
    case .privacy: try loadedPrivacy().evolve(event, at: position, time: time)
    case .system, .command: break
    }
  }

  func nextRevision(of subject: Subject) throws -> Revision {
    switch subject {
    case .tenant: loadedTenant.nextRevision
    case .customer(let id): try loaded(id).nextRevision
    case .order(let id): try loaded(id).nextRevision
    case .supportCase(let id): try loaded(id).nextRevision
    case .refund(let id): try loaded(id).nextRevision
    case .hold(let id): try loaded(id).nextRevision
    case .return(let id): try loaded(id).nextRevision
    case .privacy: try loadedPrivacy().nextRevision
    case .system, .command: .first
    }
  }
}

extension Loaded {
  fileprivate func isDurable(_ durableEnd: Position) -> Bool {
    lastPosition.map { $0 < durableEnd } ?? true
  }
}
