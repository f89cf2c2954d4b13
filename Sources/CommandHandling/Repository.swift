// The aggregates of one tenant that are in memory. The log is their only source: whatever is not here
// is folded from its stream, and what has not been used for a while is dropped again. What must hold:
// an aggregate whose last event is not durable yet is never dropped, for the log could not bring it
// back.

import Domain
import EventLog
import EventSourcing
import Events

/// One aggregate's state, and where its stream continues.
final class Loaded<State: Aggregate> where State.Event == Event {
  var state = State()
  var nextRevision = Revision.first
  var lastPosition: Position?
  /// When the last event happened, which need not be when it was recorded.
  var lastTime: Timestamp?
  var lastUse = 0

  func evolve(
    _ event: Event, at position: Position, time: Timestamp
  ) throws(InconsistentHistory) {
    try state.evolve(event)
    lastTime = time
    nextRevision = nextRevision.advanced(by: 1)
    lastPosition = position
  }
}

/// How many aggregates are in memory, and when each was used, over all tenants.
final class MemoryBudget {
  /// Above this many aggregates the ones not used lately are dropped.
  let capacity: Int
  fileprivate(set) var count = 0
  /// Counts uses.
  fileprivate var clock = 0

  init(capacity: Int) { self.capacity = capacity }

  var isExceeded: Bool { count > capacity }
}

/// The aggregates of one tenant.
final class Repository {
  let id: TenantID
  var nextPosition: Position
  /// When the tenant's last event was recorded; no later one may say an earlier time.
  let lastRecordedTime: Timestamp
  let tenant: Loaded<Tenant>
  private var customers: [CustomerID: Loaded<Customer>] = [:]
  private var orders: [OrderID: Loaded<Order>] = [:]
  private var cases: [CaseID: Loaded<SupportCase>] = [:]
  private var refunds: [RefundID: Loaded<Refund>] = [:]
  private let log: EventLog
  private let budget: MemoryBudget

  init(id: TenantID, log: EventLog, budget: MemoryBudget) throws {
    self.id = id
    self.log = log
    self.budget = budget
    self.nextPosition = log.nextPosition(of: id)
    self.lastRecordedTime = try Self.lastRecordedTime(before: nextPosition, of: id, in: log)
    self.tenant = try Self.load(from: StreamName("tenant"), of: id, in: log)
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

  func customer(_ id: CustomerID) throws -> Loaded<Customer> {
    try find(id, "customer/", in: &customers)
  }

  func order(_ id: OrderID) throws -> Loaded<Order> { try find(id, "order/", in: &orders) }

  func supportCase(_ id: CaseID) throws -> Loaded<SupportCase> {
    try find(id, "case/", in: &cases)
  }

  func refund(_ id: RefundID) throws -> Loaded<Refund> { try find(id, "refund/", in: &refunds) }

  private func find<ID: Identifier, State>(
    _ id: ID, _ kind: String, in known: inout [ID: Loaded<State>]
  ) throws -> Loaded<State> {
    budget.clock += 1
    if let loaded = known[id] {
      loaded.lastUse = budget.clock
      return loaded
    }
    let loaded: Loaded<State> = try Self.load(
      from: StreamName(kind + id.rawValue), of: self.id, in: log)
    loaded.lastUse = budget.clock
    known[id] = loaded
    budget.count += 1
    return loaded
  }

  private static func load<State>(
    from stream: StreamName, of tenant: TenantID, in log: EventLog
  ) throws -> Loaded<State> {
    let loaded = Loaded<State>()
    try log.readStream(stream, in: tenant) { _, _, line in
      let event = try RecordedEvent(line: line)
      // The index says where to look; only the line says what is there.
      guard event.stream == stream, event.revision == loaded.nextRevision else {
        throw InconsistentHistory(
          "looking for \(stream) revision \(loaded.nextRevision) of \(tenant), found "
            + "\(event.stream) revision \(event.revision) at position \(event.position); stop the "
            + "service, delete log/index.sqlite and start again")
      }
      try loaded.evolve(event.event, at: event.position, time: event.time)
    }
    return loaded
  }

  private var count: Int { customers.count + orders.count + cases.count + refunds.count }

  /// Drops what has not been used lately; keeps all that is not durable.
  func dropUnused(durableEnd: Position) {
    let before = count
    let oldest = budget.clock - budget.capacity / 2
    func isWanted<State>(_ loaded: Loaded<State>) -> Bool {
      loaded.lastUse > oldest || loaded.lastPosition.map { $0 >= durableEnd } ?? false
    }
    customers = customers.filter { isWanted($0.value) }
    orders = orders.filter { isWanted($0.value) }
    cases = cases.filter { isWanted($0.value) }
    refunds = refunds.filter { isWanted($0.value) }
    budget.count -= before - count
  }
}
