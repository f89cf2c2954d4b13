// The rule "Time": a refund's history does not go back, nothing happens after it was recorded, and
// only an import, a service that reports the shop's news, and Redress itself say when something
// happened. That recorded times never go back is checked while the history is replayed.

import Domain
import EventSourcing
import Events

struct TimesInOrder: Control {
  static let id = "times-in-order"
  static let statement = """
    No refund's history goes back in time, and no decision was given another time than that of its \
    receipt.
    """
  static let rules = ["Time", "T3"]

  /// The last event of each refund.
  private var last = SpillingDictionary<RefundID, Place>()

  private struct Place: Codable {
    var time: Timestamp
    var position: Position
  }

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    // A refused command has no effect, so its time is of no consequence.
    if case .command = recorded.event { return }
    let (time, type, position) = (recorded.time, recorded.event.type, recorded.position)
    examination.begin()
    examination.require(
      time <= recorded.recordedTime, "\(type) happened at \(time) and was recorded before",
      at: position)
    examination.require(
      time >= recorded.recordedTime || commit.mayLookBack,
      """
      \(recorded.actor) gave \(type) the time \(time), and it was received at \
      \(recorded.recordedTime)
      """, at: position)
    guard case .refund(let id) = recorded.event.subject else { return }
    if let previous = last[id] {
      examination.require(
        time >= previous.time,
        "\(type) of refund \(id) happened at \(time), and its last event at \(previous.time)",
        at: previous.position, position)
    }
    last.set(id, to: Place(time: time, position: position))
  }

  mutating func spill(into file: SpillFile) throws { try last.spill(into: file) }
}

extension AuditedCommit {
  /// Whether the commit's command may say when it happened.
  fileprivate var mayLookBack: Bool {
    // What the service records of itself happens as it is recorded (T3).
    if case .system = events[0].event { return false }
    let actor = events[0].actor
    if facts.tenant.isImporting || actor.kind == .system { return true }
    return events.contains { recorded in
      switch recorded.event {
      // No rule depends on the time at which a tenant or an import begins.
      case .tenant(.tenantRegistered), .tenant(.importBegun): true
      case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
        .command:
        actor.kind == .service
          && permissions(for: recorded)?.allSatisfy { $0 == .mirrorShop } == true
      }
    }
  }
}
