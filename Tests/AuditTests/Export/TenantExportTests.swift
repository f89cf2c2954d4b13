// What an export has: the tenant's own history, which the log's checkpoints sign, and nothing else.

import Audit
import Cryptography
import EventLog
import EventSourcing
import Events
import Foundation
import JSON
import RunningRedress
import Testing
import Transparency
import Zstandard

struct `The export of a tenant` {
  private func withShop(_ body: (ExportedShop) async throws -> Void) async throws {
    let shop = try await ExportedShop()
    try shop.makeExportsFolder()
    try await body(shop)
  }

  private func lines(in folder: String, of tenant: TenantID) throws -> [String] {
    var lines: [String] = []
    try LogReader(folder: folder, verifyingChain: true).forEachCommit(upTo: nil) { commit in
      if commit.tenant == tenant {
        commit.forEachLine { lines.append(String(decoding: $0, as: UTF8.self)) }
      }
      return true
    }
    return lines
  }

  @Test func `has its lines as a log of its own, whose root the log signed`() async throws {
    try await withShop { shop in
      let note = try shop.publisher.checkpoint(of: ExportedShop.acme)
      let summary = try shop.export(to: "a")
      let log = shop.path("a") + "/log"
      let own = try lines(in: shop.redress.logFolder, of: ExportedShop.acme)
      #expect(try lines(in: log, of: ExportedShop.acme) == own)
      #expect(summary.eventCount == own.count)
      #expect(try LogSummary(folder: log).tenants.map(\.name) == [ExportedShop.acme])
      #expect(try shop.file("checkpoints/newest.note", of: "a") == note.bytes)
      let head = try Checkpoint(text: note.text).head
      var verification = Verification(logFolder: log, checkpoints: [ExportedShop.acme: head])
      let report = try verification.run()
      #expect(report.chain == summary.chain && report.eventCount == own.count)
      #expect(report.commitCount == summary.commitCount)
      #expect(try shop.manifest(of: "a")["chain"]?.string == "\(report.chain)")
      #expect(try shop.text("report/audit.txt", of: "a") == "0 findings in \(own.count) events")
    }
  }

  @Test func `has nothing of another tenant`() async throws {
    try await withShop { shop in
      for tenant in [ExportedShop.acme, ExportedShop.rival] {
        _ = try shop.publisher.checkpoint(of: tenant)
      }
      try shop.export(to: "a")
      let name = Array(ExportedShop.rival.rawValue.utf8)
      let isFound = { (bytes: [UInt8]) in bytes.firstRange(of: name) != nil }
      for path in try shop.files(of: "a") {
        #expect(!isFound(try shop.file(path, of: "a")), "\(path)")
        #expect(path.utf8.firstRange(of: name) == nil)
      }
      let log = shop.path("a") + "/log"
      try LogReader(folder: log).forEachCommit(upTo: nil) { commit in
        #expect(!isFound(Array(commit.bytes)))
        return true
      }
      #expect(!isFound(try receipts(in: shop)))
      // The same search finds it where it is.
      try shop.export(to: "b") { $0.tenant = ExportedShop.rival }
      #expect(isFound(try shop.file("manifest.json", of: "b")))
    }
  }

  /// The only frame of the receipts' file.
  private func receipts(in shop: ExportedShop) throws -> [UInt8] {
    let file = try shop.file("proofs/receipts.zst", of: "a")
    var receipts: [UInt8] = []
    try file.withUnsafeBytes {
      try Decompressor().decompress(frame: $0, into: &receipts, limit: 8 << 20)
    }
    return receipts
  }

  @Test func `has the same bytes again, also when later events follow`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try shop.export(to: "a")
      try await shop.acme("RegisterCustomer", #"{"customerId":"later"}"#)
      try shop.export(to: "b")
      let files = try shop.files(of: "a")
      #expect(files == (try shop.files(of: "b")) && files.count > 20)
      for path in files {
        #expect(try shop.file(path, of: "a") == shop.file(path, of: "b"), "\(path)")
      }
      let note = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try shop.export(to: "c")
      #expect(try shop.file("checkpoints/newest.note", of: "c") == note.bytes)
      #expect(try shop.file("manifest.json", of: "c") != shop.file("manifest.json", of: "a"))
    }
  }

  @Test func `has a receipt of each paid refund, as the service gives it`() async throws {
    try await withShop { shop in
      let refund = RefundID(unchecked: "r1")
      let receipt = try #require(try shop.publisher.receipt(of: refund, in: ExportedShop.acme))
      #expect(try shop.export(to: "a").receiptCount == 1)
      #expect(try receipts(in: shop) == receipt.bytes)
    }
  }

  @Test func `has each file in its manifest, and the manifest in a signed note`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try shop.export(to: "a")
      let manifest = try shop.manifest(of: "a")
      #expect(manifest["format"]?.string == "redress.export/v1")
      let entries = manifest["files"]?.elements ?? []
      #expect(
        entries.map { $0["path"]?.string ?? "" }
          == (try shop.files(of: "a").filter { !$0.hasPrefix("manifest") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }))
      for entry in entries {
        let bytes = try shop.file(entry["path"]?.string ?? "", of: "a")
        #expect(entry["bytes"]?.integer == Int64(bytes.count))
        #expect(entry["sha256"]?.string == "\(SHA256.hash(bytes))")
      }
      let note = try SignedNote(shop.file("manifest.note", of: "a"))
      try note.verify(with: shop.publisher.verifierKeys(of: ExportedShop.acme))
      let digest = SHA256.hash(try shop.file("manifest.json", of: "a"))
      #expect(note.text.hasPrefix("redress.export/v1\nlog test/acme\ntree "))
      #expect(note.text.hasSuffix("\nmanifest \(digest)\n"))
      let keys = try shop.text("public-key.txt", of: "a")
      #expect(keys == manifest["key"]?.string.map { $0 + "\n" })
      let schema = try shop.text("schemas/events/RefundLegSettled.1.json", of: "a")
      #expect(schema.contains("urn:redress:event:RefundLegSettled:1"))
    }
  }

  @Test func `has the verifier and the format as the sources have them`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try shop.export(to: "a")
      let sources = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
      for (name, path) in [
        ("verify-log", "tools/verify-log"), ("FORMAT.md", "Sources/EventLog/FORMAT.md"),
      ] {
        let source = [UInt8](try Data(contentsOf: sources.appending(path: path)))
        #expect(try shop.file(name, of: "a") == source, "\(name)")
      }
    }
  }

  @Test func `says whose personal texts are sealed and whose are erased`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try shop.export(to: "a")
      let personal = try #require(try shop.manifest(of: "a")["personalData"])
      let persons = { (kind: String) in
        personal[kind]?["persons"]?.members?.map { "\($0.key) \($0.value.integer ?? -1)" }
      }
      #expect(persons("sealed") == ["robin 1"])
      #expect(persons("erased") == ["gone 1"])
      #expect(persons("clear") == [])
      #expect(personal["sealed"]?["texts"]?.integer == 1)
      for path in try shop.files(of: "a") {
        #expect(try shop.file(path, of: "a").firstRange(of: "-sealed@".utf8) == nil)
      }
    }
  }

  @Test func `lists refunds and decisions`() async throws {
    try await withShop { shop in
      let refused = try await shop.redress.submit(
        "refused", "ApproveRefund", #"{"refundId":"r1"}"#, actor: "agent/kim")
      #expect(refused.rejection != nil)
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try shop.export(to: "a")
      let refunds = try shop.text("csv/refunds.csv", of: "a").split(separator: "\r\n")
      #expect(refunds.count == 2)
      #expect(
        refunds[1].hasPrefix(
          "r1,o1,k1,robin,,GBP,339,339,339,executed,2026-01-16T10:00:00.000000Z,"
            + "2026-01-16T10:05:00.000000Z,2026-01-16T12:00:00.000000Z,"))
      let decisions = try shop.rows("csv/decisions.csv", of: "a")
      #expect(decisions.map { $0[3] } == ["RefundApproved", "CommandRejected"])
      #expect(decisions[0][4...7] == ["refund/r1", "agent/kim", "339", "GBP"])
      #expect(decisions[1][4...8] == ["refund/r1", "agent/kim", "", "", "ApproveRefund"])
      #expect(decisions[1][10] == Substring(refused.rejection ?? ""))
    }
  }

  @Test func `lists what each leg paid, and what came back`() async throws {
    try await withShop { shop in
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      try shop.export(to: "a")
      let paid = try shop.rows("csv/refund-legs.csv", of: "a")
      #expect(paid.count == 1)
      #expect(
        paid[0][1...8] == [
          "2026-01-16T12:00:00.000000Z", "r1", "o1", "p1", "1", "settled", "339", "GBP",
        ])
      let refund = try shop.rows("csv/refunds.csv", of: "a")[0]
      #expect(!paid[0][9].isEmpty && paid[0][9] == refund[15])
      try await shop.acme(
        "RecordRefundReturned",
        #"{"refundId":"r1","paymentId":"p1","attempt":1,"reason":"The account was closed"}"#,
        by: "system/refund-execution")
      _ = try shop.publisher.checkpoint(of: ExportedShop.acme)
      // Something of it was paid, so that it keeps its receipt.
      #expect(try shop.export(to: "b").receiptCount == 1)
      let back = try shop.rows("csv/refund-legs.csv", of: "b")
      #expect(back.map { $0[6] } == ["settled", "returned"])
      #expect(back.map { $0[7] } == ["339", "-339"])
      #expect(try shop.rows("csv/refunds.csv", of: "b")[0][8...9] == ["0", "failed"])
    }
  }
}
