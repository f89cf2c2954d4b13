// All aggregates of one tenant, folded event by event while its history is replayed. This is the
// one fold of the audit: verification checks with it what may follow, and controls look at the
// states. Those that were not used lately are in a file; the tenant itself and its persons, which
// every commit looks at, stay in memory.

import Domain
import EventSourcing
import Events

/// One aggregate, as far as its stream was replayed.
enum ReplayedAggregate {
  case tenant(Tenant)
  case customer(Customer)
  case order(Order)
  case supportCase(SupportCase)
  case refund(Refund)
  case hold(PayoutHold)
  case `return`(Return)
  case privacy(Privacy)
  /// What has no state: an entry of the service itself, or the outcome of a command.
  case stateless

  /// The first state.
  init(of subject: Subject) {
    self =
      switch subject {
      case .tenant: .tenant(Tenant())
      case .customer: .customer(Customer())
      case .order: .order(Order())
      case .supportCase: .supportCase(SupportCase())
      case .refund: .refund(Refund())
      case .hold: .hold(PayoutHold())
      case .return: .return(Return())
      case .privacy: .privacy(Privacy())
      case .system, .command: .stateless
      }
  }

  /// Folds an event of this aggregate's stream; after an error the state is lost.
  mutating func fold(_ event: Event) throws(InconsistentHistory) {
    // Taken out while it changes, so that it changes in place.
    let current = self
    self = .stateless
    switch consume current {
    case .tenant(var state):
      try state.fold(event)
      self = .tenant(state)
    case .customer(var state):
      try state.fold(event)
      self = .customer(state)
    case .order(var state):
      try state.fold(event)
      self = .order(state)
    case .supportCase(var state):
      try state.fold(event)
      self = .supportCase(state)
    case .refund(var state):
      try state.fold(event)
      self = .refund(state)
    case .hold(var state):
      try state.fold(event)
      self = .hold(state)
    case .return(var state):
      try state.fold(event)
      self = .return(state)
    case .privacy(var state):
      try state.fold(event)
      self = .privacy(state)
    case .stateless: break
    }
  }
}

/// The aggregates of one tenant, by stream.
final class ReplayedAggregates {
  /// A stream with the state that its events lead to.
  final class Stream: Codable {
    private(set) var nextRevision = Revision.first
    private(set) var aggregate: ReplayedAggregate

    fileprivate init(of subject: Subject) { aggregate = ReplayedAggregate(of: subject) }

    func fold(_ event: Event) throws(InconsistentHistory) {
      try aggregate.fold(event)
      nextRevision = nextRevision.advanced(by: 1)
    }
  }

  private var tenant: Stream?
  private var privacy: Stream?
  /// The other streams.
  private var streams = SpillingDictionary<Subject, Stream>()
  private(set) var streamCount = 0
  /// The stream that was used last, which is often the next one too.
  private var last: (subject: Subject, stream: Stream)?

  /// - Returns: `nil` for a stream without events.
  subscript(subject: Subject) -> ReplayedAggregate? { existing(subject)?.aggregate }

  private func existing(_ subject: Subject) -> Stream? {
    switch subject {
    case .tenant: return tenant
    case .privacy: return privacy
    case .customer, .order, .supportCase, .refund, .hold, .return, .system, .command:
      if let last, last.subject == subject { return last.stream }
      guard let stream = streams[subject] else { return nil }
      last = (subject, stream)
      return stream
    }
  }

  /// The stream of a subject, which begins with the next event where there is none.
  func stream(of subject: Subject) -> Stream {
    if let stream = existing(subject) { return stream }
    let stream = Stream(of: subject)
    streamCount += 1
    switch subject {
    case .tenant: tenant = stream
    case .privacy: privacy = stream
    case .customer, .order, .supportCase, .refund, .hold, .return, .system, .command:
      streams.set(subject, to: stream)
      last = (subject, stream)
    }
    return stream
  }

  /// Moves what was not used lately out of memory.
  func spill(into file: SpillFile) throws {
    last = nil
    try streams.spill(into: file)
  }
}
