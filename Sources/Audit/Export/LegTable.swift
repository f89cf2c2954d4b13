// The money that refunds moved, one row for each leg that was paid or came back, in the order of
// positions. What was recorded of all legs at once has a row for each of them.

import Domain
import EventSourcing
import Events

/// The rows of `refund-legs.csv`.
struct LegTable {
  private static let columns = [
    "position", "time", "refundId", "orderId", "paymentId", "attempt", "movement", "amount",
    "currency", "settlementReference",
  ]

  /// A leg that was paid or came back.
  private struct Movement {
    var paymentID: PaymentID
    var attempt: Int
    /// Negative where the money came back.
    var amount: Int
    var settlementReference: String?
  }

  private var rows: [[String]] = []

  /// - Parameter refunds: as they are after the event.
  mutating func add(_ header: EventHeader, _ event: Event, _ refunds: RefundTable) {
    guard case .refund(let id) = event.subject, let refund = refunds[id] else { return }
    for movement in movements(event, of: refund) {
      rows.append([
        "\(header.position)", "\(header.time)", "\(id)", refund.orderID?.rawValue ?? "",
        "\(movement.paymentID)", "\(movement.attempt)",
        movement.amount < 0 ? "returned" : "settled", "\(movement.amount)",
        refund.currency?.rawValue ?? "", movement.settlementReference ?? "",
      ])
    }
  }

  private func movements(_ event: Event, of refund: Refund) -> [Movement] {
    switch event {
    case .refund(.refundLegSettled(let event)):
      [
        Movement(
          paymentID: event.paymentID, attempt: event.attempt, amount: event.amount,
          settlementReference: event.settlementReference)
      ]
    case .refund(.refundLegReturned(let event)):
      [Movement(paymentID: event.paymentID, attempt: event.attempt, amount: -event.amount)]
    case .refund(.refundExecuted(let event)):
      refund.legs.map { leg in
        Movement(
          paymentID: leg.paymentID, attempt: event.attempt, amount: leg.amount,
          settlementReference: event.settlementReference)
      }
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      []
    }
  }

  var csv: String { ([Self.columns] + rows).map(CommaSeparated.row).joined() }
}
