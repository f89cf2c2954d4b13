// What other systems have called us with, as it came: kept for ninety days, and once, however often
// it is delivered. Two deliveries are the same if they are of one topic and have the sender's event
// id in common, or the SHA-256 of their bytes.

import Cryptography
public import EventSourcing
import SQLite

/// A webhook as it came in, after its signature was checked.
public struct WebhookDelivery: Sendable, Hashable {
  /// Who calls, such as `shopify`.
  public var source: String
  public var topic: String
  /// The sender's own name for what happened; `nil` where it gives none.
  public var eventID: String?
  public var payload: [UInt8]
  /// Whether the payload is about a person who was erased: then only its digest is kept.
  public var isOfErased: Bool

  public init(
    source: String, topic: String, eventID: String?, payload: [UInt8], isOfErased: Bool = false
  ) {
    self.source = source
    self.topic = topic
    self.eventID = eventID
    self.payload = payload
    self.isOfErased = isOfErased
  }
}

/// A kept webhook, without its payload, which may hold personal data.
public struct ReceivedWebhook: Sendable, Hashable {
  public var id: Int
  public var source: String
  public var topic: String
  public var eventID: String?
  /// SHA-256 of the payload, in hexadecimal digits.
  public var digest: String
  public var byteCount: Int
  /// How often it was delivered.
  public var deliveryCount: Int
  public var receivedAt: Timestamp
  public var expiresAt: Timestamp
}

extension OperationalRecords {
  /// Keeps a webhook; it is durable when this returns.
  ///
  /// - Returns: its number, and whether it had been received before.
  /// - Throws: ``QuotaExceeded`` for one that had not.
  public func receive(
    _ delivery: WebhookDelivery, tenant: TenantID, at now: Timestamp
  ) throws -> (id: Int, isDuplicate: Bool) {
    let digest = SHA256.hash(delivery.payload).description
    return try makingRoom(at: now) {
      try transaction {
        try self.receive(delivery, digest: digest, tenant: tenant, at: now, in: $0)
      }
    }
  }

  private func receive(
    _ delivery: WebhookDelivery, digest: String, tenant: TenantID, at now: Timestamp,
    in database: Database
  ) throws -> (id: Int, isDuplicate: Bool) {
    let known = try database.row(
      """
      SELECT webhook_id FROM webhooks
      WHERE tenant = ?1 AND source = ?2 AND topic = ?3 AND (digest = ?4 OR event_id = ?5)
      """, tenant.rawValue, delivery.source, delivery.topic, digest, delivery.eventID,
      row: { $0.int(0) })
    if let known {
      try database.run(
        "UPDATE webhooks SET deliveries = deliveries + 1 WHERE webhook_id = ?", known)
      return (known, true)
    }
    try requireRoom(for: .webhooks, of: tenant, in: database)
    try database.run(
      """
      INSERT INTO webhooks
        (tenant, source, topic, event_id, digest, payload, received_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """, tenant.rawValue, delivery.source, delivery.topic, delivery.eventID, digest,
      delivery.isOfErased ? [] : delivery.payload, now.description,
      RecordKind.webhooks.expiry(from: now).description)
    return (database.lastInsertRowID, false)
  }

  /// The newest first.
  ///
  /// - Parameter before: a webhook's number; only older ones are listed.
  public func webhooks(
    tenant: TenantID, before: Int?, limit: Int, at now: Timestamp
  ) throws -> [ReceivedWebhook] {
    try transaction { database in
      try database.rows(
        """
        SELECT webhook_id, source, topic, event_id, digest, length(payload), deliveries,
          received_at, expires_at
        FROM webhooks WHERE tenant = ? AND webhook_id < ? AND expires_at > ?
        ORDER BY webhook_id DESC LIMIT ?
        """, tenant.rawValue, before ?? Int.max, now.description, limit,
        row: {
          ReceivedWebhook(
            id: $0.int(0), source: $0.text(1), topic: $0.text(2), eventID: $0.optionalText(3),
            digest: $0.text(4), byteCount: $0.int(5), deliveryCount: $0.int(6),
            receivedAt: Self.time($0, 7), expiresAt: Self.time($0, 8))
        })
    }
  }

  /// The bytes as they came; `nil` where there is no such webhook, or its time is over.
  public func payload(ofWebhook id: Int, tenant: TenantID, at now: Timestamp) throws -> [UInt8]? {
    try transaction { database in
      try database.row(
        "SELECT payload FROM webhooks WHERE webhook_id = ? AND tenant = ? AND expires_at > ?", id,
        tenant.rawValue, now.description, row: { $0.blob(0) })
    }
  }
}
