// How cases, and what is on their record, look as JSON.

import JSON
import Projections

extension CaseRow {
  var members: [JSONValue.Member] {
    fields(
      ("caseId", .string(caseID)), ("status", .string(status)), ("severity", .string(severity)),
      ("type", .string(type)), ("subtype", subtype.map { .string($0) }),
      ("title", .string(title)), ("customerId", .string(customerID)),
      ("orderId", orderID.map { .string($0) }), ("owner", owner.map { .string($0) }),
      ("reasonCode", reasonCode.map { .string($0) }),
      ("lbgId", marketplace.lbgID.map { .string($0) }),
      ("legId", marketplace.legID.map { .string($0) }),
      ("studioId", marketplace.studioID.map { .string($0) }),
      ("creatorId", marketplace.creatorID.map { .string($0) }),
      ("payoutId", marketplace.payoutID.map { .string($0) }), ("openedAt", .string(openedAt)),
      ("updatedAt", .string(updatedAt)),
      ("slaFirstResponseAt", firstResponseAt.map { .string($0) }),
      ("closedAt", closedAt.map { .string($0) }), ("position", .integer(Int64(position))))
  }
}

extension MessageRow {
  var json: JSONValue {
    .object(
      fields(
        ("messageId", .string(messageID)), ("authorRole", .string(authorRole)),
        ("author", .string(author)), ("body", .string(body)), ("postedAt", .string(postedAt)),
        ("position", .integer(Int64(position)))))
  }
}

extension EvidenceRow {
  var json: JSONValue {
    .object(
      fields(
        ("evidenceKey", .string(evidenceKey)), ("sha256", .string(sha256)),
        ("bytes", .integer(Int64(bytes))), ("mime", .string(mime)),
        ("description", description.map { .string($0) }),
        ("messageId", messageID.map { .string($0) }),
        ("returnId", returnID.map { .string($0) }), ("lineId", lineID.map { .string($0) }),
        ("position", .integer(Int64(position)))))
  }
}
