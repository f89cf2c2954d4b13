// Sync jobs: begun once, told how far they are, ended once.

import EventSourcing
import JSON
import Operations
import Testing

struct `A sync job` {
  let folder = try! RecordsFolder()
  let id = SyncJobID(unchecked: "j1")
  let full = #"{"type":"full_sync","config":{"daysBack":60,"includeFulfillments":true}}"#

  private func begun() throws -> OperationalRecords {
    let records = try folder.open()
    _ = try records.begin(read(full), as: id, tenant: acme, at: start)
    return records
  }

  @Test func `runs from its beginning to its end`() throws {
    let records = try begun()
    let later = start.advanced(hours: 1)
    let told = try records.report(
      read(#"{"total":10,"processed":4,"failed":1}"#), of: id, tenant: acme, at: later)
    #expect(told.status == "running")
    #expect(told.progress.total == 10)
    #expect(told.progress.processed == 4)
    #expect(told.progress.failed == 1)
    let ended = try records.finish(
      id, with: read(#"{"status":"failed","errorDetails":"429 Too Many Requests"}"#), tenant: acme,
      at: later)
    #expect(ended.status == "failed")
    #expect(ended.completedAt == later)
    #expect(ended.order.daysBack == 60)
    #expect(ended.order.includeFulfillments)
    #expect(try folder.open().syncJob(id, tenant: acme, at: later) == ended)
    #expect(try records.syncJob(id, tenant: other, at: later) == nil)
  }

  @Test func `is begun once, and another one needs another id`() throws {
    let records = try begun()
    let (again, isNew) = try records.begin(
      read(full), as: id, tenant: acme, at: start.advanced(hours: 1))
    #expect(!isNew)
    #expect(again.startedAt == start)
    #expect(throws: SyncJobRefusal.otherJob(id)) {
      try records.begin(read(#"{"type":"incremental"}"#), as: id, tenant: acme, at: start)
    }
  }

  @Test func `ends once`() throws {
    let records = try begun()
    let first = try records.finish(
      id, with: read(#"{"status":"completed"}"#), tenant: acme, at: start)
    let second = try records.finish(
      id, with: read(#"{"status":"completed"}"#), tenant: acme, at: start.advanced(hours: 1))
    #expect(first == second)
    #expect(throws: SyncJobRefusal.ended(id, status: "completed")) {
      try records.finish(
        id, with: read(#"{"status":"failed","errorDetails":"x"}"#), tenant: acme, at: start)
    }
    #expect(throws: SyncJobRefusal.ended(id, status: "completed")) {
      try records.report(read(#"{"processed":1}"#), of: id, tenant: acme, at: start)
    }
  }

  @Test func `that nobody began cannot be told of`() throws {
    let records = try folder.open()
    #expect(throws: SyncJobRefusal.unknown(id)) {
      try records.report(read(#"{"processed":1}"#), of: id, tenant: acme, at: start)
    }
    #expect(throws: SyncJobRefusal.unknown(id)) {
      try records.finish(id, with: read(#"{"status":"completed"}"#), tenant: acme, at: start)
    }
  }

  @Test func `is listed with the newest first, by status`() throws {
    let records = try begun()
    let later = start.advanced(hours: 1)
    _ = try records.begin(
      read(#"{"type":"incremental"}"#), as: SyncJobID(unchecked: "j2"), tenant: acme, at: later)
    _ = try records.finish(id, with: read(#"{"status":"completed"}"#), tenant: acme, at: later)
    func ids(_ status: String?) throws -> [String] {
      try records.syncJobs(tenant: acme, status: status, limit: 10, at: later).map(\.id.rawValue)
    }
    #expect(try ids(nil) == ["j2", "j1"])
    #expect(try ids("running") == ["j2"])
    #expect(try ids("completed") == ["j1"])
    #expect(try ids("failed") == [])
  }

  @Test(arguments: [
    (#"{"type":"all"}"#, "one of: full_sync, incremental"),
    (#"{"config":{}}"#, "the required field type is missing"),
    (#"{"type":"full_sync","config":{"daysBack":0}}"#, "a whole number from 1 to 36500"),
    (#"{"type":"full_sync","config":{"days":1}}"#, "unknown field"),
  ])
  func `is refused when it is not understood`(json: String, problem: String) throws {
    #expect {
      let _: SyncJobOrder = try read(json)
    } throws: { ($0 as? JSONError)?.problem.contains(problem) ?? false }
  }

  @Test func `cannot have tried more than there is, or fail without a word`() throws {
    let all: SyncProgress = try read(#"{"total":10,"processed":8,"failed":2}"#)
    #expect(all.contradiction == nil)
    let more: SyncProgress = try read(#"{"total":10,"processed":8,"failed":3}"#)
    #expect(
      more.contradiction?.contains("8 processed and 3 failed are more than the total of 10") == true
    )
    #expect {
      let _: SyncJobEnd = try read(#"{"status":"failed"}"#)
    } throws: { "\($0)".contains("needs errorDetails") }
  }
}
