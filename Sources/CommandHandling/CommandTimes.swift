// Which event times a sender may set, and which of the shop's times are accepted.

import Domain
import EventSourcing
import Events

extension DecisionCore {
  /// A command's time is the time of its receipt, so that no sender can backdate a decision that
  /// came too late (R4, C1, V2, SLA). Imports may set another time, and so may a service for shop
  /// updates; a refund's history never goes back in time.
  func checkTime(
    _ occurredAt: Timestamp?, of command: Command, facts: Facts, repository: Repository
  ) throws {
    guard let occurredAt else { return }
    let isNews = facts.actor.kind == .service && command.permission == .mirrorShop
    // No rule depends on the time at which a tenant or an import begins.
    let isBeginning =
      switch command {
      case .tenant(.registerTenant), .tenant(.beginImport): true
      default: false
      }
    guard
      facts.tenant.isImporting || isNews || isBeginning || facts.actor.kind == .system
    else {
      throw PastRejection(actor: facts.actor, occurredAt: occurredAt)
    }
    guard let subject = command.subject, case .refund(let id) = subject,
      let last = try repository.loaded(id).lastTime, occurredAt < last
    else { return }
    throw TimeRejection(stream: subject.stream, occurredAt: occurredAt, last: last)
  }
}

/// A time other than now, outside an import.
struct PastRejection: Rejection {
  var actor: Actor
  var occurredAt: Timestamp

  var explanation: Explanation {
    Explanation(
      "Time", "onlyImportsLookBack",
      "\(actor) says that this happened at \(occurredAt). "
        + "Decisions are made when they are received; leave occurredAt out. "
        + "BeginImport lets a history from elsewhere be told.",
      ["actor": actor, "occurredAt": occurredAt])
  }
}

/// A time before the refund's last event.
struct TimeRejection: Rejection {
  var stream: StreamName
  var occurredAt: Timestamp
  var last: Timestamp

  var explanation: Explanation {
    Explanation(
      "Time", "beforePreviousEvent",
      "\(occurredAt) lies before the last event of \(stream), which happened at \(last). "
        + "Give the time at which it really happened, or leave occurredAt out.",
      ["stream": stream, "occurredAt": occurredAt, "lastEventAt": last])
  }
}

extension Timestamp {
  /// The latest time accepted from another clock, which may be ten minutes ahead.
  var elsewhere: Timestamp { Timestamp(microseconds: microseconds + 600_000_000) }
}

extension Command {
  /// The times that the shop reports.
  var reportedTimes: [(field: String, time: Timestamp)] {
    switch self {
    case .order(.recordOrder(let command)):
      [("placedAt", command.placedAt)] + (command.updatedAt.map { [("updatedAt", $0)] } ?? [])
        + (command.deliveredAt.map { [("deliveredAt", $0)] } ?? [])
    case .order(.amendOrder(let command)): [("updatedAt", command.updatedAt)]
    case .order(.recordDelivery(let command)): [("deliveredAt", command.deliveredAt)]
    case .order(.cancelOrder(let command)): [("cancelledAt", command.cancelledAt)]
    case .order(.capturePayment(let command)): [("capturedAt", command.capturedAt)]
    default: []
    }
  }
}
