// How the rows of read models look as JSON: the fields that are there, under the rule book's names.

import EventSourcing
import JSON
import Projecting
import Projections

extension RefundRow {
  var members: [JSONValue.Member] {
    fields(
      ("refundId", .string(refundID)), ("status", .string(status)),
      ("caseId", .string(caseID)), ("orderId", .string(orderID)),
      ("customerId", .string(customerID)), ("returnId", returnID.map { .string($0) }),
      ("currency", .string(currency)),
      ("requestedAmount", .integer(Int64(requestedAmount))),
      ("approvedAmount", approvedAmount.map { .integer(Int64($0)) }),
      ("reason", .string(reason)), ("note", note.map { .string($0) }),
      ("deliveryDate", deliveryDate.map { .string($0.description) }),
      ("lastDay", lastDay.map { .string($0.description) }),
      ("requestedAt", .string(requestedAt)), ("requestedBy", .string(requestedBy)),
      ("approvedAt", approvedAt.map { .string($0) }),
      ("approvedBy", approvedBy.map { .string($0) }),
      ("executedAt", executedAt.map { .string($0) }), ("attempt", .integer(Int64(attempt))),
      ("settlementReference", settlementReference.map { .string($0) }),
      ("updatedAt", .string(updatedAt)), ("position", .integer(Int64(position))))
  }
}

extension RefundTotal {
  var json: JSONValue {
    .object(
      fields(
        ("status", .string(status)), ("currency", .string(currency)),
        ("count", .integer(Int64(count))), ("amount", .integer(Int64(amount)))))
  }
}

extension TimelineEntry {
  var json: JSONValue {
    .object(
      fields(
        ("position", .integer(Int64(position))), ("time", .string(time)),
        ("type", .string(type)), ("actor", .string(actor)),
        ("amount", amount.map { .integer(Int64($0)) }), ("note", note.map { .string($0) })))
  }
}

extension OrderBalanceRow {
  var members: [JSONValue.Member] {
    fields(
      ("orderId", .string(orderID)), ("orderNumber", orderNumber.map { .string($0) }),
      ("customerId", .string(customerID)), ("currency", .string(currency)),
      ("total", .integer(Int64(total))), ("captured", .integer(Int64(captured))),
      ("executed", .integer(Int64(executed))), ("reserved", .integer(Int64(reserved))),
      ("disputed", .integer(Int64(disputed))), ("refundable", .integer(Int64(refundable))),
      ("uncovered", .integer(Int64(uncovered))), ("requestable", .integer(Int64(requestable))),
      ("storeCredit", .integer(Int64(storeCredit))),
      ("placedAt", .string(placedAt)), ("deliveredAt", deliveredAt.map { .string($0) }),
      ("cancelledAt", cancelledAt.map { .string($0) }))
  }
}

extension PaymentBalanceRow {
  var json: JSONValue {
    .object(
      fields(
        ("paymentId", .string(paymentID)), ("captured", .integer(Int64(captured))),
        ("executed", .integer(Int64(executed))), ("reserved", .integer(Int64(reserved))),
        ("disputed", .integer(Int64(disputed))), ("refundable", .integer(Int64(refundable))),
        ("uncovered", .integer(Int64(uncovered)))))
  }
}

extension PayoutHoldRow {
  var members: [JSONValue.Member] {
    fields(
      ("holdId", .string(holdID)), ("status", .string(status)), ("caseId", .string(caseID)),
      ("orderId", .string(orderID)), ("legId", legID.map { .string($0) }),
      ("amount", .integer(Int64(amount))), ("currency", .string(currency)),
      ("reason", .string(reason)), ("appliedAt", .string(appliedAt)),
      ("appliedBy", .string(appliedBy)), ("expiresAt", .string(expiresAt)),
      ("endedAt", endedAt.map { .string($0) }))
  }
}

extension ShopRow {
  var members: [JSONValue.Member] {
    fields(
      ("shopDomain", .string(shopDomain)), ("status", .string(status)),
      ("scopes", .array(scopes.map { .string($0) })), ("apiVersion", .string(apiVersion)),
      ("installedAt", .string(installedAt)),
      ("disconnectedAt", disconnectedAt.map { .string($0) }),
      ("reason", reason.map { .string($0) }), ("lastSync", lastSync.map { .object($0.members) }),
      ("webhookEndpoints", .array(webhookEndpoints.map { .object($0.members) })))
  }
}

extension ShopRow.Sync {
  fileprivate var members: [JSONValue.Member] {
    fields(
      ("jobId", .string(jobID)), ("type", .string(type)),
      ("processed", .integer(Int64(processed))), ("failed", .integer(Int64(failed))),
      ("completedAt", .string(completedAt)))
  }
}

extension ShopRow.Endpoint {
  fileprivate var members: [JSONValue.Member] {
    fields(
      ("topic", .string(topic)), ("endpoint", .string(endpoint)), ("status", .string(status)))
  }
}
