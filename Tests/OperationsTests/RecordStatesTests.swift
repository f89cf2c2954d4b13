// The states of the operational records: every transition of each, allowed and refused.

import EventSourcing
import JSON
import Operations
import Testing

struct RecordStatesTests {
  /// What a call leads to: a state, or a refusal.
  enum Step: Equatable {
    case to(String)
    case refused(String)
  }

  private let folder = try! RecordsFolder()

  private func step(_ body: () throws -> String) -> Step {
    do { return .to(try body()) } catch { return .refused("\(error)") }
  }

  // MARK: Drafts

  private static let draft = DraftID(unchecked: "d1")

  private func draft(_ status: String, quantity: Int = 1) throws -> ReturnDraft {
    try read(
      #"{"orderId":"o1","status":"\#(status)","lines":[{"lineId":"1","quantity":\#(quantity)}]}"#)
  }

  private func save(_ records: OperationalRecords, _ status: String, quantity: Int = 1) throws
    -> String
  {
    try records.save(
      draft(status, quantity: quantity), as: Self.draft, tenant: acme, at: start
    ).saved.draft.status.rawValue
  }

  @Test(arguments: ["absent", "open", "submitted", "expired"])
  func `a draft is open until it is submitted, deleted or over, and nothing else`(state: String)
    throws
  {
    func records() throws -> OperationalRecords {
      let records = try folder.open()
      _ = try records.deleteDraft(Self.draft, tenant: acme, at: start)
      switch state {
      case "absent": break
      case "expired":
        _ = try records.save(
          draft("submitted"), as: Self.draft, tenant: acme, at: start.advanced(hours: -12))
      default: _ = try save(records, state)
      }
      return records
    }
    let isFinal = state == "submitted"
    let submitted = Step.refused("\(DraftRefusal.submitted(Self.draft))")
    let isThere = ["open", "submitted"].contains(state)
    let fresh = try records()
    #expect(try (fresh.draft(Self.draft, tenant: acme, at: start) != nil) == isThere)
    #expect(step { try save(fresh, "open") } == (isFinal ? submitted : .to("open")))
    let changed = try records()
    #expect(
      step { try save(changed, "submitted", quantity: 2) }
        == (isFinal ? submitted : .to("submitted")))
    let same = try records()
    #expect(step { try save(same, "submitted") } == .to("submitted"))
    let deleted = try records()
    #expect(try deleted.deleteDraft(Self.draft, tenant: acme, at: start) == isThere)
    #expect(try deleted.draft(Self.draft, tenant: acme, at: start) == nil)
  }

  // MARK: Sync jobs

  private static let job = SyncJobID(unchecked: "j1")

  private static let ends = [
    "completed": #"{"status":"completed"}"#,
    "failed": #"{"status":"failed","errorDetails":"429 Too Many Requests"}"#,
  ]

  @Test(arguments: ["absent", "running", "completed", "failed", "expired"])
  func `a sync job runs until it is completed or failed, and nothing else`(state: String) throws {
    func job() throws -> OperationalRecords {
      let records = try folder.open()
      let begin = state == "expired" ? start.advanced(days: -30) : start
      if state != "absent" {
        _ = try records.begin(
          read(#"{"type":"full_sync"}"#), as: Self.job, tenant: acme, at: begin)
      }
      if let end = Self.ends[state] {
        _ = try records.finish(Self.job, with: read(end), tenant: acme, at: start)
      }
      return records
    }
    let unknown = Step.refused("\(SyncJobRefusal.unknown(Self.job))")
    let ended = Step.refused("\(SyncJobRefusal.ended(Self.job, status: state))")
    let isThere = !["absent", "expired"].contains(state)
    let told = try job()
    #expect(
      step {
        try told.report(read(#"{"processed":1}"#), of: Self.job, tenant: acme, at: start).status
      } == (!isThere ? unknown : state == "running" ? .to("running") : ended))
    let again = try job()
    #expect(
      step {
        try again.begin(
          read(#"{"type":"full_sync"}"#), as: Self.job, tenant: acme, at: start
        ).job.status
      } == .to(isThere ? state : "running"))
  }

  @Test(arguments: ["absent", "running", "completed", "failed", "expired"], ends.keys.sorted())
  func `a sync job ends once`(state: String, end: String) throws {
    let records = try folder.open()
    if state != "absent" {
      _ = try records.begin(
        read(#"{"type":"full_sync"}"#), as: Self.job, tenant: acme,
        at: state == "expired" ? start.advanced(days: -30) : start)
    }
    if let known = Self.ends[state] {
      _ = try records.finish(Self.job, with: read(known), tenant: acme, at: start)
    }
    let answer = step {
      try records.finish(Self.job, with: read(Self.ends[end]!), tenant: acme, at: start).status
    }
    switch state {
    case "absent", "expired": #expect(answer == .refused("\(SyncJobRefusal.unknown(Self.job))"))
    case "running", end: #expect(answer == .to(end))
    default: #expect(answer == .refused("\(SyncJobRefusal.ended(Self.job, status: state))"))
    }
  }

  // MARK: Webhooks

  @Test func `a webhook is new once, for as long as it is kept`() throws {
    let records = try folder.open()
    func receive(at time: Timestamp) throws -> Bool {
      try records.receive(
        WebhookDelivery(
          source: "shopify", topic: "orders/create", eventID: "e1", payload: Array("{}".utf8)),
        tenant: acme, at: time
      ).isDuplicate
    }
    #expect(try !receive(at: start))
    #expect(try receive(at: start.advanced(days: 89)))
    #expect(try records.expire(at: start.advanced(days: 90)) == [.webhooks: 1])
    #expect(try !receive(at: start.advanced(days: 90)))
  }
}
