public import EventSourcing
public import Transparency

/// What a monitor raises: a history that is not the one that was signed, or that the rules could
/// not have led to.
public struct MonitorAlarm: Error, Sendable {
  public var tenant: TenantID
  public var reason: String
  /// The signed notes that contradict each other; the older first.
  public var notes: [SignedNote]

  init(_ tenant: TenantID, _ reason: String, _ notes: [SignedNote] = []) {
    (self.tenant, self.reason, self.notes) = (tenant, reason, notes)
  }
}

extension MonitorAlarm: CustomStringConvertible {
  public var description: String { "\(tenant): \(reason)" }
}
