// The entry in the tenant `_system` by which an operator accepts the system's clock.

public import EventSourcing
import Events

/// An operator's decision to go on with the time to which the system's clock has jumped.
public struct ClockAcceptance: Sendable {
  /// How long a reason may be, so that a label holds it with both times.
  public static let reasonBytes = 1...300

  private let jump: ClockJump
  private let reason: String?
  private let by: Actor

  /// - Parameter reason: why the clock is right.
  public init(jump: ClockJump, reason: String?, by: Actor) {
    (self.jump, self.reason, self.by) = (jump, reason, by)
  }

  /// Both times, and the reason if there is one.
  var what: String { "\(jump.to), after \(jump.from)" + (reason.map { ": \($0)" } ?? "") }

  fileprivate func command(_ id: RecordID) -> SystemCommand {
    .recordOperatorAction(
      RecordOperatorAction(recordID: id, action: .clockAccepted, what: what, by: by))
  }
}

extension SystemEntry {
  /// What an operator decided about the system's clock.
  public init(_ acceptance: ClockAcceptance) { self.init { acceptance.command($0) } }
}
