// A message is in the outbox once, and not for a recipient who was forgotten.

import EventSourcing
import Foundation
import Gateways
import Testing

struct `The outbox` {
  private let folder = TemporaryFolder()

  private func open() throws -> OutboxNotifier {
    try OutboxNotifier(folder: folder.path, sender: EmailAddress("refunds@example.com")!)
  }

  private func notice(_ position: UInt64, to recipient: String = "robin") -> Notice {
    Notice(
      tenant: acme, position: Position(position), recipient: Actor(.customer, recipient),
      address: EmailAddress("robin@example.com"), sender: "Acme Ltd", subject: "Refunded",
      body: "Hello.\n", time: Timestamp("2026-01-16T10:00:00.000000Z")!)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0 != "sent" && $0 != "refused" }.sorted()
  }

  @Test func `has a message once, also after its delivery and a restart`() throws {
    try open().send(notice(3))
    try open().send(notice(3))
    let name = "acme.3.customer.robin.eml"
    #expect(try names(folder.path) == [name])
    #expect(try OutboxNotifier.counts(in: folder.path).waiting == 1)
    try FileManager.default.moveItem(
      atPath: "\(folder.path)/\(name)", toPath: "\(folder.path)/sent/\(name)")
    try open().send(notice(3))
    #expect(try names(folder.path) == [])
    #expect(try OutboxNotifier.counts(in: folder.path + "/missing").waiting == 0)
  }

  @Test func `forgets a recipient, and takes no more for them`() throws {
    let outbox = try open()
    try outbox.send(notice(1))
    try outbox.send(notice(2, to: "kim"))
    try outbox.send(notice(3))
    try FileManager.default.moveItem(
      atPath: "\(folder.path)/acme.3.customer.robin.eml",
      toPath: "\(folder.path)/sent/acme.3.customer.robin.eml")
    try outbox.forget(Actor(.customer, "robin"), of: acme)
    try outbox.send(notice(4))
    #expect(try names(folder.path) == ["acme.2.customer.kim.eml"])
    #expect(try names(folder.path + "/sent") == [])
  }

  @Test func `gives out what waits, and keeps what was sent`() throws {
    let outbox = try open()
    try outbox.send(notice(1))
    let name = try #require(try outbox.waiting().first)
    let message = try #require(try outbox.message(name))
    #expect(message.recipient == EmailAddress("robin@example.com"))
    #expect(message.sender == EmailAddress("refunds@example.com"))
    try outbox.markSent(name)
    #expect(try outbox.waiting() == [])
    #expect(try outbox.message(name) == nil)
    #expect(try names(folder.path + "/sent") == [name])
    // Someone else took it, or its recipient was forgotten.
    try outbox.markSent(name)
    try outbox.markRefused(name, because: "too late", at: Timestamp(microseconds: 0))
    let counts = try OutboxNotifier.counts(in: folder.path)
    #expect((counts.waiting, counts.refused) == (0, 0))
  }

  @Test func `keeps what was refused apart, with the reason, and does not write it again`() throws {
    let outbox = try open()
    try outbox.send(notice(3))
    let name = "acme.3.customer.robin.eml"
    let message = try #require(try outbox.message(name)).bytes
    try outbox.markRefused(
      name, because: "RCPT failed: 550\r\nBcc: eve@example.com",
      at: Timestamp("2026-01-17T10:00:00.000000Z")!)
    let refused = try Data(contentsOf: URL(filePath: "\(folder.path)/refused/\(name)"))
    let lines = String(decoding: refused, as: UTF8.self)
      .split(separator: "\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    #expect(
      lines[0] == "X-Refused: 2026-01-17T10:00:00.000000Z RCPT failed: 550  Bcc: eve@example.com")
    #expect(lines[1] == String(decoding: message, as: UTF8.self))
    try outbox.send(notice(3))
    var counts = try OutboxNotifier.counts(in: folder.path)
    #expect((counts.waiting, counts.refused) == (0, 1))
    try outbox.forget(Actor(.customer, "robin"), of: acme)
    counts = try OutboxNotifier.counts(in: folder.path)
    #expect((counts.waiting, counts.refused) == (0, 0))
  }

  @Test func `gives a tenant's messages in the order of their events`() throws {
    let outbox = try open()
    for position: UInt64 in [10, 9, 101] { try outbox.send(notice(position)) }
    #expect(
      try outbox.waiting()
        == [9, 10, 101].map { "acme.\($0).customer.robin.eml" })
  }

  @Test func `keeps what was sent for a while, however long it had waited`() throws {
    let outbox = try open()
    let now = Timestamp(microseconds: Int64(Date.now.timeIntervalSince1970 * 1_000_000))
    let hourAgo = Timestamp(microseconds: now.microseconds - 3_600_000_000)
    try outbox.send(notice(1))
    let name = try #require(try outbox.waiting().first)
    try FileManager.default.setAttributes(
      [.modificationDate: Date.now.addingTimeInterval(-7 * 86_400)],
      ofItemAtPath: "\(folder.path)/\(name)")
    try outbox.markSent(name)
    try outbox.removeSent(before: hourAgo)
    #expect(try names(folder.path + "/sent") == [name])
    try outbox.removeSent(before: Timestamp(microseconds: now.microseconds + 3_600_000_000))
    #expect(try names(folder.path + "/sent") == [])
  }
}
