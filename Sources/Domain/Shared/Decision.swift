// What a rule book can answer to a command it does not refuse.

public import Events

/// What follows from a command that no rule refuses.
public enum Decision: Equatable, Sendable {
  /// The events to record, in this order, possibly for several streams; all or nothing.
  case events([Event])
  /// Accepted, and nothing changed: there is nothing to record but that, with the reason.
  case unchanged(reason: String)
}
