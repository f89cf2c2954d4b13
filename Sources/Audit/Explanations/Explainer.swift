// Explains refunds, returns, orders, cases, chargebacks, decisions of policies and single events
// from recorded events alone. What must hold: states come from the aggregates' own fold, and
// amounts from the events, so that an explanation computes nothing a second way.

import Domain
public import EventSourcing
public import Events

/// Where an explanation finds the events that it reads, all of one tenant.
public protocol RecordedStreams {
  /// The events of each stream, oldest first; none for one that does not exist.
  func events(of subjects: Set<Subject>) throws -> [Subject: [RecordedEvent]]

  /// The events of the commit that holds a position; none past the end of the history.
  func commit(at position: Position) throws -> [RecordedEvent]
}

/// What is to be explained.
public enum ExplainedSubject: Equatable, Sendable {
  case refund(RefundID)
  case `return`(ReturnID)
  case order(OrderID)
  case supportCase(CaseID)
  case chargeback(ChargebackID, CaseID)
  case event(Position)
  /// The policy's decision on a return, by the return or by a refund of it. Several where only one
  /// of them exists.
  case policy(of: Set<Subject>)
}

/// Why something cannot be explained.
public enum ExplanationError: Error, Equatable, CustomStringConvertible {
  /// The history has no such thing.
  case notFound(String)
  /// The history has all of these, and only one of them was meant.
  case ambiguous([String])
  /// The events of a stream cannot follow each other.
  case inconsistent(stream: StreamName, reason: String)

  public var description: String {
    switch self {
    case .notFound(let what): "there is no \(what)"
    case .ambiguous(let names): "name one of \(names.joined(separator: ", ")): all of them exist"
    case .inconsistent(let stream, let reason):
      "the events of \(stream) contradict each other: \(reason); redress verify says where"
    }
  }
}

/// Explains what the streams of one tenant hold.
public struct Explainer<Streams: RecordedStreams> {
  let streams: Streams

  public init(_ streams: Streams) { self.streams = streams }

  /// - Throws: ``ExplanationError``, and what reading throws.
  public func explain(_ subject: ExplainedSubject) throws -> ExplanationReport {
    switch subject {
    case .refund(let id): try ExplainedRefund(events(of: .refund(id), "refund \(id)")).report(id)
    case .return(let id): try explain(id)
    case .order(let id): try ExplainedOrder(events(of: .order(id), "order \(id)")).report(id)
    case .supportCase(let id): try explain(id)
    case .chargeback(let id, let caseID): try explain(id, in: caseID)
    case .event(let position): try explain(position)
    case .policy(let candidates): try explainPolicy(of: candidates)
    }
  }

  /// - Parameter what: the thing as an error names it.
  func events(of subject: Subject, _ what: String) throws -> [RecordedEvent] {
    guard let events = try streams.events(of: [subject])[subject], !events.isEmpty else {
      throw ExplanationError.notFound(what)
    }
    return events
  }
}

extension ReplayedAggregate {
  /// The state that all events of one stream lead to.
  init(of subject: Subject, folding events: some Sequence<RecordedEvent>) throws(ExplanationError) {
    self.init(of: subject)
    for recorded in events { try add(recorded) }
  }

  mutating func add(_ recorded: RecordedEvent) throws(ExplanationError) {
    do { try fold(recorded.event) } catch {
      throw .inconsistent(stream: recorded.stream, reason: error.reason)
    }
  }
}
