// Quotas of records: what is over is kept out before it is stored, for each tenant by itself.

import EventSourcing
import Operations
import SQLite
import Testing

struct `A quota of records` {
  let folder = try! RecordsFolder()

  private func open(_ change: (inout TenantQuotas) -> Void) throws -> OperationalRecords {
    let records = try folder.open()
    var quotas = TenantQuotas()
    change(&quotas)
    records.apply(quotas)
    return records
  }

  private func save(
    _ id: String, _ tenant: TenantID = acme, at time: Timestamp = start,
    in records: OperationalRecords
  ) throws {
    _ = try records.save(draft(), as: DraftID(unchecked: id), tenant: tenant, at: time)
  }

  private func amount(
    _ quota: Quota, _ tenant: TenantID = acme, in records: OperationalRecords
  ) throws -> Int {
    try records.quotaUse().first { $0.tenant == tenant && $0.quota == quota }?.amount ?? 0
  }

  @Test func `keeps out one draft too many, and none of another tenant`() throws {
    let records = try open { $0.drafts = 2 }
    try save("d1", in: records)
    try save("d2", in: records)
    // What replaces another one takes no room.
    try save("d2", in: records)
    #expect(throws: QuotaExceeded(.drafts, of: acme, used: 2, limit: 2)) {
      try save("d3", in: records)
    }
    #expect(try records.draft(DraftID(unchecked: "d3"), tenant: acme, at: start) == nil)
    try save("d3", other, in: records)
    #expect(try amount(.drafts, in: records) == 2)
    #expect(try amount(.drafts, other, in: records) == 1)
    #expect(records.exceededCounts == [.drafts: 1])
  }

  @Test func `has room again when a draft was deleted, and when one has expired`() throws {
    let records = try open { $0.drafts = 1 }
    try save("d1", in: records)
    #expect(try records.deleteDraft(DraftID(unchecked: "d1"), tenant: acme, at: start))
    #expect(try amount(.drafts, in: records) == 0)
    try save("d2", in: records)
    // The expiry run has not been there yet.
    try save("d3", at: start.advanced(hours: 12), in: records)
    #expect(try amount(.drafts, in: records) == 1)
    #expect(records.exceededCounts == [:])
  }

  @Test func `keeps out a new webhook, and takes one that is delivered again`() throws {
    let records = try open { $0.webhooks = 1 }
    _ = try records.receive(webhook("{}"), tenant: acme, at: start)
    #expect(try records.receive(webhook("{}"), tenant: acme, at: start).isDuplicate)
    #expect(throws: QuotaExceeded(.webhooks, of: acme, used: 1, limit: 1)) {
      try records.receive(webhook("[]"), tenant: acme, at: start)
    }
    _ = try records.receive(webhook("[]"), tenant: other, at: start)
    #expect(try records.webhooks(tenant: acme, before: nil, limit: 9, at: start).count == 1)
    let later = start.advanced(days: 90)
    _ = try records.receive(webhook("[]"), tenant: acme, at: later)
    #expect(try amount(.webhooks, in: records) == 1)
  }

  @Test func `is as large as what an erasure leaves`() throws {
    let records = try open { $0.drafts = 5 }
    try save("d1", in: records)
    _ = try records.receive(
      webhook(#"{"customer":{"id":"cus_5"}}"#), tenant: acme, at: start)
    try records.erase(tenant: acme, subject: "cus_5")
    #expect(try records.quotaUse() == [])
  }

  @Test func `counts evidence that was kept, and none that was not`() throws {
    struct Failed: Error {}
    let records = try open { $0.evidenceBytes = 100 }
    #expect(try records.countEvidence(byteCount: 60, of: acme) { "kept" } == "kept")
    let none: String? = try records.countEvidence(byteCount: 40, of: acme) { nil }
    #expect(none == nil)
    #expect(throws: Failed.self) {
      _ = try records.countEvidence(byteCount: 40, of: acme) { () -> String? in throw Failed() }
    }
    #expect(try amount(.evidenceBytes, in: records) == 60)
    #expect(throws: QuotaExceeded(.evidenceBytes, of: acme, used: 60, limit: 100)) {
      _ = try records.countEvidence(byteCount: 41, of: acme) { () -> String? in
        Issue.record("it is stored all the same")
        return nil
      }
    }
    #expect(try records.countEvidence(byteCount: 40, of: acme) { "kept" } == "kept")
    #expect(try records.countEvidence(byteCount: 100, of: other) { "kept" } == "kept")
  }

  @Test func `counts evidence that was there once, and survives a restart`() throws {
    let records = try open { _ in }
    try records.beginEvidenceCount { [acme: 70] }
    try records.beginEvidenceCount {
      Issue.record("it is counted again")
      return [:]
    }
    _ = try records.countEvidence(byteCount: 5, of: acme) { "kept" }
    #expect(try amount(.evidenceBytes, in: folder.open()) == 75)
  }

  @Test func `counts what a file of the version before has`() throws {
    do {
      let records = try open { _ in }
      try save("d1", in: records)
      _ = try records.receive(webhook("{}"), tenant: other, at: start)
    }
    do {
      let file = try Database(path: folder.file, mode: .readWrite)
      try file.execute(
        """
        DROP TRIGGER draft_added; DROP TRIGGER draft_removed; DROP TRIGGER webhook_added;
        DROP TRIGGER webhook_removed; DROP TABLE quota_use; DROP TABLE evidence_count_begun;
        PRAGMA user_version = 3;
        """)
    }
    let records = try folder.open()
    #expect(
      Set(try records.quotaUse()) == [
        QuotaUse(tenant: acme, quota: .drafts, amount: 1),
        QuotaUse(tenant: other, quota: .webhooks, amount: 1),
      ])
  }

  @Test(arguments: Quota.allCases) func `says what there is and what to do`(quota: Quota) {
    let words = QuotaExceeded(quota, of: acme, used: 7, limit: 9).explanation
    #expect(words.hasPrefix("The tenant acme has 7 "))
    #expect(words.contains("of at most 9") && words.contains("quotas.\(quota.rawValue) in"))
  }
}
