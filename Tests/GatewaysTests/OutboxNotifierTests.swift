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
      .filter { $0 != "sent" }.sorted()
  }

  @Test func `has a message once, also after its delivery and a restart`() throws {
    try open().send(notice(3))
    try open().send(notice(3))
    let name = "acme.3.customer.robin.eml"
    #expect(try names(folder.path) == [name])
    #expect(try OutboxNotifier.waitingCount(in: folder.path) == 1)
    try FileManager.default.moveItem(
      atPath: "\(folder.path)/\(name)", toPath: "\(folder.path)/sent/\(name)")
    try open().send(notice(3))
    #expect(try names(folder.path) == [])
    #expect(try OutboxNotifier.waitingCount(in: folder.path + "/missing") == 0)
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
}
