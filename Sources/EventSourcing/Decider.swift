// How an aggregate decides: it looks at its state and the facts it is given, and answers with
// events or with the reason why not. It has no clock, no randomness and does no I/O, so the same
// input always gives the same answer.

/// The current state of one aggregate, folded from its events.
public protocol Aggregate: Sendable {
  /// The events of this aggregate alone.
  associatedtype OwnEvent

  /// The state before the first event.
  init()

  /// Folds one event that was recorded for this aggregate into the state.
  ///
  /// - Throws: ``InconsistentHistory`` when no decision could have led here: the history is
  ///   damaged.
  mutating func evolve(_ event: OwnEvent) throws(InconsistentHistory)
}

/// A history that no sequence of decisions could have produced.
public struct InconsistentHistory: Error, Hashable, Sendable, CustomStringConvertible {
  public var reason: String

  public init(_ reason: String) { self.reason = reason }

  public var description: String { reason }
}
