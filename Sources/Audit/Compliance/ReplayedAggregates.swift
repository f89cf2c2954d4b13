// All aggregates of one tenant, folded event by event while its history is replayed. This is the
// one fold of the audit: verification checks with it what may follow, and controls look at the
// states.

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
  final class Stream {
    private(set) var nextRevision = Revision.first
    private(set) var aggregate: ReplayedAggregate

    fileprivate init(of subject: Subject) { aggregate = ReplayedAggregate(of: subject) }

    func fold(_ event: Event) throws(InconsistentHistory) {
      try aggregate.fold(event)
      nextRevision = nextRevision.advanced(by: 1)
    }
  }

  private var streams: [Subject: Stream] = [:]

  var streamCount: Int { streams.count }

  /// - Returns: `nil` for a stream without events.
  subscript(subject: Subject) -> ReplayedAggregate? { streams[subject]?.aggregate }

  /// The stream of a subject, which begins with the next event where there is none.
  func stream(of subject: Subject) -> Stream {
    if let stream = streams[subject] { return stream }
    let stream = Stream(of: subject)
    streams[subject] = stream
    return stream
  }
}
