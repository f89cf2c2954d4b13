// Why the system's clock is not believed. What must hold: while a jump stands, nothing is recorded,
// so that no wrong time ever gets into the history.

public import EventSourcing

/// A time of the system's clock that an operator has to accept before it is recorded.
public struct ClockJump: Error, Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// While the service ran, the clock was set forward.
    case setForward
    /// While the service ran, the clock was set back.
    case setBack
    /// At the start, the last event lies further back than `daysMax`.
    case longSilence(daysMax: Int)
    /// At the start, the last event lies in the future.
    case beforeLastEvent
  }

  public var kind: Kind
  /// The time that the clock would show without the jump; at the start, that of the last event.
  public var from: Timestamp
  /// The time that the clock shows.
  public var to: Timestamp

  public init(_ kind: Kind, from: Timestamp, to: Timestamp) {
    (self.kind, self.from, self.to) = (kind, from, to)
  }
}

extension ClockJump: CustomStringConvertible {
  /// What jumped, from when to when, and what to do.
  public var description: String {
    "\(sentence) If \(to) is right, accept it with redress clock accept --data DIR; if it is "
      + "wrong, set the clock, and commands are decided again by themselves."
  }

  private var sentence: String {
    switch kind {
    case .setForward: "The system's clock was set forward from \(from) to \(to)."
    case .setBack: "The system's clock was set back from \(from) to \(to)."
    case .longSilence(let daysMax):
      "The system's clock shows \(to), more than \(daysMax) days (idleDaysMax) after the last "
        + "event, which was recorded at \(from)."
    case .beforeLastEvent:
      "The system's clock shows \(to), before the last event, which was recorded at \(from)."
    }
  }
}
