// What an order costs, by which payments it was captured, and how its refundable balance came
// about, event by event (O2, R2).

import Domain
import EventSourcing
import Events

struct ExplainedOrder {
  /// The order before and after one of its events.
  struct Step {
    var recorded: RecordedEvent
    var before: Order
    var after: Order
  }

  let steps: [Step]

  /// - Parameter events: of one order, oldest first; at least one.
  init(_ events: [RecordedEvent]) throws {
    var steps: [Step] = []
    var aggregate = ReplayedAggregate(of: events[0].event.subject)
    for recorded in events {
      guard case .order(let before) = aggregate else { break }
      try aggregate.add(recorded)
      guard case .order(let after) = aggregate else { break }
      steps.append(Step(recorded: recorded, before: before, after: after))
    }
    self.steps = steps
  }

  /// After all events.
  var order: Order { steps.last?.after ?? Order() }

  func report(_ id: OrderID) -> ExplanationReport {
    let order = order
    let events = steps.map(\.recorded)
    return ExplanationReport(
      "order", id.rawValue, of: events[0].tenant, in: order.currency,
      title: "Order \(id) of customer \(order.customerID?.rawValue ?? "unknown")",
      facts: [
        "customerId": .text(order.customerID), "placedAt": .time(order.header?.placedAt),
        "deliveredAt": .time(order.deliveredAt), "cancelled": .flag(order.isCancelled),
        "total": .amount(order.total), "captured": .amount(order.balance.captured),
        "executed": .amount(order.balance.executed), "reserved": .amount(order.balance.reserved),
        "disputed": .amount(order.balance.disputed),
        "refundable": .amount(order.balance.refundable),
        "storeCredit": .amount(order.storeCredit),
      ],
      sections: [
        price.map(lines), price.flatMap(difference), payments, balance, units,
        .course(events, in: order.currency),
      ])
  }

  /// What the order costs since its last amendment.
  private var price: RecordedPrice? {
    steps.lazy.reversed().compactMap { RecordedPrice($0.recorded) }.first
  }

  private func lines(_ price: RecordedPrice) -> ExplanationReport.Section {
    var rows: [[ExplanationReport.Value]] = price.lines.map { line in
      [
        .text(line.lineID), .text(line.title), .number(line.quantity), .amount(line.unitPrice),
        .amount(line.discount), .amount(line.tax), .amount(line.amount),
      ]
    }
    for (name, amount) in [("shipping", price.shipping), ("total", price.total)] {
      rows.append([.text(name), .none, .none, .none, .none, .none, .amount(amount)])
    }
    return ExplanationReport.Section(
      "lines", "What it costs: for each line, quantity × unit price − discount + tax",
      at: price.position,
      ["lineId", "title", "quantity", "unitPrice", "discount", "tax", "amount"], rows)
  }

  /// How an order-wide difference between the parts and the total was spread (R2).
  private func difference(_ price: RecordedPrice) -> ExplanationReport.Section? {
    price.partsTotal.map { partsTotal in
      let isLess = price.total < partsTotal
      return ExplanationReport.Section(
        "difference",
        isLess
          ? "The shop's parts came to more than its total. The difference is a discount: spread "
            + "over the lines by their prices, then over their taxes, then taken off the shipping"
          : "The shop's parts came to less than its total. The difference is in the shipping",
        at: price.position, ["partsTotal", "total", "shippingImported", "shipping"],
        [
          [
            .amount(partsTotal), .amount(price.total),
            .amount(price.importedShipping ?? price.shipping), .amount(price.shipping),
          ]
        ])
    }
  }

  private var payments: ExplanationReport.Section {
    ExplanationReport.Section(
      "payments", "What each payment has left",
      ["paymentId", "provider", "capturedAt"] + Self.balances,
      order.payments.map { payment in
        [.text(payment.paymentID), .text(payment.provider), .time(payment.capturedAt)]
          + payment.balance.values
      })
  }

  /// Every event that changed the balance, or gave store credit beside it.
  private var balance: ExplanationReport.Section {
    let words = EventWords(currency: order.currency)
    let changing = steps.filter {
      $0.before.balance != $0.after.balance || $0.before.storeCredit != $0.after.storeCredit
    }
    return ExplanationReport.Section(
      "balance",
      "How the balance came about: refundable = captured − executed − reserved − disputed",
      ["position", "time", "detail"] + Self.balances + ["storeCredit"],
      changing.map { step in
        [
          .number(Int(step.recorded.position.value)), .time(step.recorded.time),
          .text(words.words(of: step.recorded.event)),
        ] + step.after.balance.values + [.amount(step.after.storeCredit)]
      })
  }

  private var units: ExplanationReport.Section {
    var returns: [ReturnID] = []
    for case .order(.orderUnitsHeld(let event)) in steps.map(\.recorded.event)
    where !returns.contains(event.returnID) {
      returns.append(event.returnID)
    }
    return ExplanationReport.Section(
      "units", "Units that returns hold", ["returnId", "lineId", "quantity"],
      returns.flatMap { id in
        order.unitsHeld(by: id).map { [.text(id), .text($0.lineID), .number($0.quantity)] }
      })
  }

  static let balances = ["captured", "executed", "reserved", "disputed", "refundable"]
}

extension RefundableBalance {
  /// In the order of ``ExplainedOrder/balances``.
  var values: [ExplanationReport.Value] {
    [captured, executed, reserved, disputed, refundable].map { .amount($0) }
  }
}

/// What an order costs, as one of its events says.
private struct RecordedPrice {
  var position: Position
  var lines: [OrderLine]
  var shipping: Int
  var importedShipping: Int?
  var partsTotal: Int?
  var total: Int

  /// - Returns: `nil` for an event that says nothing of it.
  init?(_ recorded: RecordedEvent) {
    position = recorded.position
    switch recorded.event {
    case .order(.orderRecorded(let event)):
      (lines, shipping, importedShipping) = (event.lines, event.shipping, event.toldShipping)
      (partsTotal, total) = (event.partsTotal, event.total)
    case .order(.orderAmended(let event)):
      (lines, shipping, importedShipping) = (event.lines, event.shipping, event.toldShipping)
      (partsTotal, total) = (event.partsTotal, event.total)
    default: return nil
    }
  }
}
