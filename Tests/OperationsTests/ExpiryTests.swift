// Each kind of record lives as long as the rule book says, to the microsecond, whatever happens
// meanwhile.

import EventSourcing
import Foundation
import Operations
import SQLite
import Testing

struct `Operational records expire` {
  let folder = try! RecordsFolder()

  /// One record of a kind, written now.
  private func write(_ kind: RecordKind, at now: Timestamp, to records: OperationalRecords) throws {
    switch kind {
    case .drafts:
      _ = try records.save(draft(), as: DraftID(unchecked: "d1"), tenant: acme, at: now)
    case .webhooks:
      _ = try records.receive(webhook(#"{"id":1}"#), tenant: acme, at: now)
    case .syncJobs:
      _ = try records.begin(
        read(#"{"type":"full_sync"}"#), as: SyncJobID(unchecked: "j1"), tenant: acme, at: now)
    }
  }

  private func isAnswered(
    _ kind: RecordKind, at now: Timestamp, by records: OperationalRecords
  ) throws -> Bool {
    switch kind {
    case .drafts:
      try records.draft(DraftID(unchecked: "d1"), tenant: acme, at: now) != nil
    case .webhooks:
      try !records.webhooks(tenant: acme, before: nil, limit: 10, at: now).isEmpty
        && records.payload(ofWebhook: 1, tenant: acme, at: now) != nil
    case .syncJobs:
      try records.syncJob(SyncJobID(unchecked: "j1"), tenant: acme, at: now) != nil
        && !records.syncJobs(tenant: acme, status: nil, limit: 10, at: now).isEmpty
    }
  }

  @Test(arguments: [
    (RecordKind.drafts, 12 as Int64), (.webhooks, 90 * 24), (.syncJobs, 30 * 24),
  ])
  func `at their time, not before it and not after it`(kind: RecordKind, hours: Int64) throws {
    let records = try folder.open()
    try write(kind, at: start, to: records)
    let end = start.advanced(hours: hours)
    let before = end.advanced(microseconds: -1)
    #expect(try records.expire(at: before) == [:])
    #expect(try isAnswered(kind, at: before, by: records))
    // From its end on nobody is answered with it, also where no run has removed it yet.
    #expect(try !isAnswered(kind, at: end, by: records))
    #expect(try records.summary().kinds.first { $0.kind == kind }?.count == 1)
    #expect(try records.expire(at: end) == [kind: 1])
    #expect(try records.summary().kinds.first { $0.kind == kind }?.count == 0)
    #expect(try records.expire(at: end.advanced(days: 400)) == [:])
  }

  @Test func `after a restart as well, since what is due stands in the file`() throws {
    try write(.drafts, at: start, to: folder.open())
    let again = try folder.open()
    #expect(try again.expire(at: start.advanced(hours: 11)) == [:])
    #expect(try again.expire(at: start.advanced(hours: 13)) == [.drafts: 1])
  }

  @Test func `a draft twelve hours after it was last saved`() throws {
    let records = try folder.open()
    try write(.drafts, at: start, to: records)
    let later = start.advanced(hours: 11)
    let (saved, isNew) = try records.save(
      draft(order: "2"), as: DraftID(unchecked: "d1"), tenant: acme, at: later)
    #expect(!isNew)
    #expect(saved.createdAt == start)
    #expect(saved.expiresAt == later.advanced(hours: 12))
    #expect(try records.expire(at: start.advanced(hours: 12)) == [:])
    #expect(try records.expire(at: later.advanced(hours: 12)) == [.drafts: 1])
  }

  @Test func `a draft whose time is over is a new one when it is saved again`() throws {
    let records = try folder.open()
    try write(.drafts, at: start, to: records)
    let late = start.advanced(hours: 12)
    let (saved, isNew) = try records.save(
      draft(), as: DraftID(unchecked: "d1"), tenant: acme, at: late)
    #expect(isNew)
    #expect(saved.createdAt == late)
  }

  @Test func `and leave nothing of themselves in the file`() throws {
    let records = try folder.open()
    _ = try records.save(
      draft(email: "findme@example.com"), as: DraftID(unchecked: "d1"), tenant: acme, at: start)
    _ = try records.receive(webhook(#"{"email":"findme@example.com"}"#), tenant: acme, at: start)
    let needle = Data("findme@example.com".utf8)
    #expect(try folder.bytes.range(of: needle) != nil)
    try records.expire(at: start.advanced(days: 90))
    #expect(try folder.bytes.range(of: needle) == nil)
  }

  @Test func `and only their owner may read them`() throws {
    try write(.drafts, at: start, to: folder.open())
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }
}

struct `The file of the operational records` {
  let folder = try! RecordsFolder()

  @Test func `is refused, and left as it is, when a newer Redress wrote it`() throws {
    _ = try folder.open()
    try Database(path: folder.file, mode: .readWrite).execute("PRAGMA user_version = 99")
    let before = try Data(contentsOf: URL(filePath: folder.file))
    #expect {
      _ = try folder.open()
    } throws: { error in
      guard case .newer(_, 99, _) = error as? OperationsError else { return false }
      return "\(error)".contains("run the newer Redress")
    }
    #expect(throws: OperationsError.self) { _ = try RecordsSummary(file: folder.file) }
    #expect(try Data(contentsOf: URL(filePath: folder.file)) == before)
  }

  @Test func `is refused when it is no database`() throws {
    try Data("this is not SQLite, and longer than a header of it would have to be".utf8)
      .write(to: URL(filePath: folder.file))
    #expect(throws: OperationsError.self) { _ = try folder.open() }
    #expect(throws: OperationsError.self) { _ = try RecordsSummary(file: folder.file) }
  }

  @Test func `is summed up beside whoever writes it, and by whoever only looks`() throws {
    #expect(try RecordsSummary(file: folder.file) == nil)
    let records = try folder.open()
    _ = try records.save(draft(), as: DraftID(unchecked: "d1"), tenant: acme, at: start)
    _ = try records.save(
      draft(), as: DraftID(unchecked: "d2"), tenant: acme, at: start.advanced(hours: 1))
    let looked = try #require(try RecordsSummary(file: folder.file))
    #expect(looked.kinds == (try records.summary().kinds))
    let drafts = try #require(looked.kinds.first)
    #expect(drafts.kind == .drafts)
    #expect(drafts.count == 2)
    #expect(drafts.oldest == start)
    #expect(drafts.nextExpiry == start.advanced(hours: 12))
    #expect(looked.kinds.map(\.count) == [2, 0, 0])
    #expect(looked.kinds[1].oldest == nil)
    #expect(looked.byteCount > 0)
  }
}
