// GET /v1/returns, /v1/returns/{id}, /v1/orders/{id}/returns: returns as JSON, as ReadRoutes does
// it for the others.

import EventSourcing
import Events
import JSON
import Projecting
import Projections
import Routing

extension ReadRoutes {
  var returnRoutes: [Route] {
    [
      read(
        "/v1/returns", "Returns, newest first.", [Returns.name], "Returns",
        [Self.statuses, Self.email, pageBefore, pageLimit], returns),
      read(
        "/v1/returns/{returnId}", "One return.", [Returns.name, OrderBalance.name], "Return",
        [Self.returnID], `return`),
      read(
        "/v1/orders/{orderId}/returns", "The returns of an order.", [Returns.name], "Returns",
        [Self.orderID], returnsOfOrder),
    ]
  }

  static let returnID = Parameter.path("returnId", as: ReturnID.self)
  static let email = Parameter.text("email", byteCount: 1...254)
  private static let statuses = Parameter.choices("status", of: Returns.statuses)

  /// How many of the last days with returns the list tells of.
  private static let dayCount = 31

  func returns(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let statuses = call[Self.statuses]
    let email = call[Self.email]
    let limit = call[pageLimit]
    let before = call[pageBefore]
    let (rows, totals, days) = try projections.read(Returns.name) { database in
      (
        try Returns.returns(
          tenant: tenant, statuses: statuses, email: email, before: before, limit: limit + 1,
          in: database),
        try Returns.totals(tenant: tenant, in: database),
        try Returns.days(tenant: tenant, limit: Self.dayCount, in: database)
      )
    }
    let page = rows.prefix(limit)
    let next = rows.count > limit ? page.last.map { JSONValue.integer(Int64($0.position)) } : nil
    return .object([
      .init("returns", .array(page.map { .object($0.members) })),
      .init("totals", .array(totals.map(\.json))), .init("days", .array(days.map(\.json))),
      .init("next", next ?? .null),
    ])
  }

  /// One return with its lines, its timeline and its order.
  func `return`(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let returnID = call[Self.returnID]
    let (row, words, lines, timeline) = try projections.read(Returns.name) { database in
      (
        try Returns.return(returnID, tenant: tenant, in: database),
        try Returns.customerWords(of: returnID, tenant: tenant, in: database),
        try Returns.lines(of: returnID, tenant: tenant, in: database),
        try Returns.timeline(of: returnID, tenant: tenant, in: database)
      )
    }
    guard let row else { throw Problem.notFound("The tenant \(tenant) has no return \(returnID).") }
    let order = try projections.read(OrderBalance.name) {
      try OrderBalance.order(OrderID(unchecked: row.orderID), tenant: tenant, in: $0)
    }
    return .object(
      row.members + fields(("customerWords", words.map { .string($0) })) + [
        .init("lines", .array(try lines.map { .object(try $0.members) })),
        .init("order", order.map { .object($0.members) } ?? .null),
        .init("timeline", .array(timeline.map(\.json))),
      ])
  }

  func returnsOfOrder(_ call: Call) throws -> JSONValue {
    let tenant = call.tenant
    let orderID = call[Self.orderID]
    let rows = try projections.read(Returns.name) {
      try Returns.returns(ofOrder: orderID, tenant: tenant, in: $0)
    }
    return .object([.init("returns", .array(rows.map { .object($0.members) }))])
  }
}

extension ReturnRow {
  var members: [JSONValue.Member] {
    fields(
      ("returnId", .string(returnID)), ("status", .string(status)), ("caseId", .string(caseID)),
      ("orderId", .string(orderID)), ("customerId", .string(customerID)),
      ("channel", .string(channel)), ("returnMethod", .string(returnMethod)),
      (
        "policySnapshot",
        .object(
          fields(
            ("policyId", .string(policyID)), ("version", .integer(Int64(policyVersion))),
            ("sha256", .string(policySHA256)), ("autoApprove", .bool(isAutoApproved))))
      ),
      ("currency", .string(currency)),
      ("estimatedRefund", .integer(Int64(estimatedAmount))),
      ("finalRefund", finalAmount.map { .integer(Int64($0)) }), ("money", .string(money)),
      ("resolution", resolution.map { .string($0) }),
      ("refundId", refundID.map { .string($0) }),
      ("refundStatus", refundStatus.map { .string($0) }),
      ("refundAmount", refundAmount.map { .integer(Int64($0)) }),
      ("requestedAt", .string(requestedAt)), ("submittedBy", .string(submittedBy)),
      ("processedBy", processedBy.map { .string($0) }),
      ("expiresAt", expiresAt.map { .string($0) }), ("carrier", carrier.map { .string($0) }),
      ("trackingNumber", trackingNumber.map { .string($0) }), ("note", note.map { .string($0) }),
      ("updatedAt", .string(updatedAt)), ("position", .integer(Int64(position))))
  }
}

extension ReturnLineRow {
  var members: [JSONValue.Member] {
    get throws {
      fields(
        ("lineId", .string(lineID)), ("title", .string(title)),
        ("variantTitle", variantTitle.map { .string($0) }), ("sku", sku.map { .string($0) }),
        ("quantity", .integer(Int64(quantity))), ("unitPrice", .integer(Int64(unitPrice))),
        (
          "reason",
          .object(
            fields(
              ("code", .string(reason)), ("description", description.map { .string($0) })))
        ),
        ("condition", condition.map { .string($0) }),
        ("photos", try JSONValue(parsing: Array(photos.utf8))),
        ("ruleId", ruleID.map { .string($0) }),
        ("restockingFee", restockingFee.map { .integer(Int64($0)) }),
        ("reception", .string(reception)), ("received", .integer(Int64(received))),
        ("acceptance", .string(acceptance)), ("accepted", .integer(Int64(accepted))),
        ("disposition", disposition.map { .string($0) }), ("note", note.map { .string($0) }))
    }
  }
}

extension ReturnDay {
  fileprivate var json: JSONValue {
    .object(
      fields(
        ("day", .string(day)), ("currency", .string(currency)),
        ("count", .integer(Int64(count))), ("amount", .integer(Int64(amount)))))
  }
}
