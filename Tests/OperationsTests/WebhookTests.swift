// Received webhooks: as they came, once for each delivery of the same thing; and erasing a person.

import EventSourcing
import Foundation
import Operations
import Testing

struct `A received webhook` {
  let folder = try! RecordsFolder()

  private func count(_ records: OperationalRecords, _ tenant: TenantID = acme) throws -> Int {
    try records.webhooks(tenant: tenant, before: nil, limit: 100, at: start).count
  }

  @Test func `is kept byte for byte`() throws {
    let records = try folder.open()
    let payload = "{ \"id\": 1,\r\n \"name\": \"\u{1F4E6}\" }\n"
    let (id, isDuplicate) = try records.receive(
      webhook(payload, event: "e1"), tenant: acme, at: start)
    #expect(!isDuplicate)
    #expect(
      try folder.open().payload(ofWebhook: id, tenant: acme, at: start) == Array(payload.utf8))
    #expect(try records.payload(ofWebhook: id, tenant: other, at: start) == nil)
  }

  @Test func `is the same by the sender's event id, or by its bytes`() throws {
    let records = try folder.open()
    let first = try records.receive(webhook(#"{"id":1}"#, event: "e1"), tenant: acme, at: start)
    for again in [
      webhook(#"{"id":1}"#, event: "e1"), webhook(#"{"id":1 }"#, event: "e1"),
      webhook(#"{"id":1}"#, event: "e2"), webhook(#"{"id":1}"#),
    ] {
      let answer = try records.receive(again, tenant: acme, at: start)
      #expect(answer.isDuplicate)
      #expect(answer.id == first.id)
    }
    let row = try #require(
      try records.webhooks(tenant: acme, before: nil, limit: 10, at: start).first)
    #expect(row.deliveryCount == 5)
    #expect(try count(records) == 1)
  }

  @Test func `is another one with other bytes and no common event id, topic or tenant`() throws {
    let records = try folder.open()
    for (delivery, tenant) in [
      (webhook(#"{"id":1}"#, event: "e1"), acme), (webhook(#"{"id":2}"#, event: "e2"), acme),
      (webhook(#"{"id":3}"#), acme), (webhook(#"{"id":4}"#), acme),
      (webhook(#"{"id":1}"#, event: "e1", topic: "orders/create"), acme),
      (webhook(#"{"id":1}"#, event: "e1"), other),
    ] {
      #expect(try !records.receive(delivery, tenant: tenant, at: start).isDuplicate)
    }
    #expect(try count(records) == 5)
    #expect(try count(records, other) == 1)
  }

  @Test func `is listed newest first, page by page`() throws {
    let records = try folder.open()
    for id in 1...5 {
      _ = try records.receive(webhook(#"{"id":\#(id)}"#), tenant: acme, at: start)
    }
    let first = try records.webhooks(tenant: acme, before: nil, limit: 3, at: start)
    #expect(first.map(\.id) == [5, 4, 3])
    #expect(try records.webhooks(tenant: acme, before: 3, limit: 3, at: start).map(\.id) == [2, 1])
  }
}

struct `Erasing a person from the operational records` {
  let folder = try! RecordsFolder()

  @Test func `removes their drafts and webhooks, and nobody else's`() throws {
    let records = try folder.open()
    func save(_ id: String, _ draft: ReturnDraft, _ tenant: TenantID = acme) throws {
      _ = try records.save(draft, as: DraftID(unchecked: id), tenant: tenant, at: start)
    }
    try save("by-id", draft(customer: "cus_5", email: "old@example.com"))
    try save("by-address", draft(customer: "cus_6", email: "Robin@Example.com"))
    try save("somebody", draft(customer: "cus_7", email: "kim@example.com"))
    try save("elsewhere", draft(customer: "cus_5"), other)
    let named = [
      #"{"email":"ROBIN@example.com"}"#, #"{"note":"write to robin\u0040example.com"}"#,
      #"{"customer":{"id":"cus_5"}}"#, #"{"orders":[{"customer_id":"cus_5"}]}"#,
    ]
    let unnamed = [#"{"id":"cus_5"}"#, #"{"email":"kim@example.com"}"#, #"{"sku":"cus_5"}"#]
    for payload in named + unnamed {
      _ = try records.receive(webhook(payload), tenant: acme, at: start)
    }
    let removed = try records.erase(tenant: acme, subject: "cus_5", emails: ["robin@example.com"])
    #expect(removed == [.drafts: 2, .webhooks: named.count])
    func draftIsThere(_ id: String, _ tenant: TenantID = acme) throws -> Bool {
      try records.draft(DraftID(unchecked: id), tenant: tenant, at: start) != nil
    }
    #expect(try !draftIsThere("by-id"))
    #expect(try !draftIsThere("by-address"))
    #expect(try draftIsThere("somebody"))
    #expect(try draftIsThere("elsewhere", other))
    let left = try records.webhooks(tenant: acme, before: nil, limit: 10, at: start)
    #expect(left.count == unnamed.count)
    #expect(try records.erase(tenant: acme, subject: "cus_5") == [:])
  }

  @Test func `finds a customer's number only where a customer stands`() throws {
    let records = try folder.open()
    for payload in [#"{"quantity":5}"#, #"{"customer":{"id":5}}"#] {
      _ = try records.receive(webhook(payload), tenant: acme, at: start)
    }
    _ = try records.receive(
      webhook(#"{"id":5}"#, topic: "customers/update"), tenant: acme, at: start)
    #expect(try records.erase(tenant: acme, subject: "5") == [.webhooks: 2])
  }

  @Test func `finds what is about their orders`() throws {
    let records = try folder.open()
    for payload in [
      #"{"id":77,"order_id":"o1","destination":{"first_name":"Robin"}}"#,
      #"{"refund":{"order":{"id":"gid://shopify/Order/4711"}}}"#, #"{"order_number":1001}"#,
      #"{"id":1,"order_id":2}"#, #"{"o1":4711}"#,
    ] {
      _ = try records.receive(
        webhook(payload, topic: "fulfillments/create"), tenant: acme, at: start)
    }
    _ = try records.receive(webhook(#"{"id":4711}"#, topic: "orders/paid"), tenant: acme, at: start)
    _ = try records.save(
      draft(order: "o1"), as: DraftID(unchecked: "of-the-order"), tenant: acme, at: start)
    let named = webhook(##"{"id":5,"name":"#1001"}"##, topic: "orders/edited")
    _ = try records.receive(named, tenant: acme, at: start)
    let removed = try records.erase(
      tenant: acme, subject: "cus_5", orders: ["o1", "4711", "1001"])
    #expect(removed == [.drafts: 1, .webhooks: 5])
  }

  @Test func `keeps of a webhook about somebody who was erased its digest only`() throws {
    let records = try folder.open()
    var late = webhook(#"{"customer":{"id":"cus_5"},"note":"findme"}"#)
    late.isOfErased = true
    let first = try records.receive(late, tenant: acme, at: start)
    #expect(try records.payload(ofWebhook: first.id, tenant: acme, at: start) == [])
    #expect(try records.receive(late, tenant: acme, at: start).isDuplicate)
    #expect(try folder.bytes.range(of: Data("findme".utf8)) == nil)
  }

  @Test func `leaves nothing of them in the file`() throws {
    let records = try folder.open()
    _ = try records.save(
      draft(email: "findme@example.com"), as: DraftID(unchecked: "d"), tenant: acme, at: start)
    try records.erase(tenant: acme, subject: "nobody", emails: ["findme@example.com"])
    #expect(try folder.bytes.range(of: Data("findme".utf8)) == nil)
  }
}
