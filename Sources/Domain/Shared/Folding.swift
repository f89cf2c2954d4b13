// Folding an event that may be any into the aggregate whose stream it was found in.

public import EventSourcing
public import Events

extension Aggregate where OwnEvent: AggregateEvent {
  /// Folds an event of this aggregate.
  ///
  /// - Throws: ``InconsistentHistory`` for an event of another aggregate, too.
  public mutating func fold(_ event: Event) throws(InconsistentHistory) {
    guard let own = OwnEvent(event) else {
      throw InconsistentHistory("\(event.type) belongs to \(event.stream)")
    }
    try evolve(own)
  }
}
