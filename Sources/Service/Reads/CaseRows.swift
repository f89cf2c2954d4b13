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
      ("slaFirstResponseDueAt", firstResponseDueAt.map { .string($0) }),
      ("slaDueAt", resolutionDueAt.map { .string($0) }),
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

extension TargetRow {
  var json: JSONValue {
    .object(
      fields(
        ("caseId", .string(caseID)), ("target", .string(target)), ("state", .string(state)),
        ("dueAt", dueAt.map { .string($0) }), ("severity", .string(severity)),
        ("minutes", .integer(Int64(minutes))), ("calendarId", .string(calendarID)),
        ("calendarVersion", .integer(Int64(calendarVersion))), ("title", .string(title)),
        ("status", .string(status)), ("owner", owner.map { .string($0) })))
  }
}

extension CustomerEntry {
  var json: JSONValue {
    .object(
      fields(
        ("kind", .string(kind)), ("id", .string(id)),
        ("position", .integer(Int64(entry.position))), ("time", .string(entry.time)),
        ("type", .string(entry.type)), ("actor", .string(entry.actor)),
        ("amount", entry.amount.map { .integer(Int64($0)) }),
        ("note", entry.note.map { .string($0) })))
  }
}
