// People are told once: after a crash at any moment, a restart, a rebuild, and a delivery in
// between.

import EventSourcing
import Foundation
import Gateways
import Operations
import ProcessManagers
import Synchronization
import Testing

/// Hands messages to an outbox, and dies before or after one of them.
private struct DyingNotifier: Notifier {
  enum Death: Sendable {
    case before(Int)
    case after(Int)
    case never
  }

  struct Died: Error {}

  var outbox: OutboxNotifier
  var death: Death
  let count = Counter()

  final class Counter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
      value.withLock {
        $0 += 1
        return $0
      }
    }
  }

  func send(_ notice: Notice) throws {
    let number = count.next()
    if case .before(number) = death { throw Died() }
    try outbox.send(notice)
    if case .after(number) = death { throw Died() }
  }

  func forget(_ recipient: Actor, of tenant: TenantID) throws {
    try outbox.forget(recipient, of: tenant)
  }
}

struct `People are told what happened` {
  private let folder: RecordsFolder

  init() throws { folder = try RecordsFolder() }

  private init(folder: RecordsFolder) { self.folder = folder }

  private var outbox: OutboxNotifier {
    get throws {
      try OutboxNotifier(
        folder: folder.path + "/outbox", sender: EmailAddress("redress@example.com")!)
    }
  }

  private var waiting: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/outbox")
        .filter { $0 != "sent" }.sorted()
    }
  }

  private func notice(
    _ position: UInt64, to recipient: Actor = Actor(.customer, "robin"),
    at address: String? = "robin@example.com", of tenant: TenantID = acme
  ) -> Notice {
    Notice(
      tenant: tenant, position: Position(position), recipient: recipient,
      address: address.flatMap { EmailAddress($0) }, sender: "Acme Ltd",
      subject: "Number \(position)", body: "Hello.\n", time: start)
  }

  /// A read model that has these messages.
  private static func list(_ notices: [Notice]) -> NoticeDelivery.List {
    { cursors, limit in
      Array(notices.filter { $0.position >= cursors[$0.tenant] ?? .first }.prefix(limit))
    }
  }

  /// Opens everything anew, as a start of the service does, and tells people once.
  private func run(
    _ notices: [Notice], death: DyingNotifier.Death = .never, ends: [TenantID: Position] = [:]
  ) throws {
    let records = try folder.open()
    try records.beginNotifications { ends }
    let delivery = NoticeDelivery(
      records: records, notifier: DyingNotifier(outbox: try outbox, death: death),
      list: Self.list(notices))
    if case .never = death { _ = try delivery.run() } else { _ = try? delivery.run() }
  }

  private func name(_ position: Int) -> String { "acme.\(position).customer.robin.eml" }

  @Test func `once, however often it is asked`() throws {
    let notices = [notice(3), notice(3, to: Actor(.agent, "kim")), notice(5)]
    try run(notices)
    let names = ["acme.3.agent.kim.eml", name(3), name(5)]
    #expect(try waiting == names)
    for name in names {
      try FileManager.default.removeItem(atPath: folder.path + "/outbox/" + name)
    }
    try run(notices)
    #expect(try waiting == [])
  }

  @Test(arguments: 1...4)
  func `once and all of them, if the service dies at one`(number: Int) throws {
    let notices = (0..<4).map { notice($0) }
    for death in [DyingNotifier.Death.before(number), .after(number)] {
      let folder = try RecordsFolder()
      let again = `People are told what happened`(folder: folder)
      try again.run(notices, death: death)
      // What was handed over before the crash may have been taken meanwhile.
      for taken in try again.waiting {
        try FileManager.default.moveItem(
          atPath: folder.path + "/outbox/" + taken,
          toPath: folder.path + "/outbox/sent/" + taken)
      }
      let taken = try FileManager.default.contentsOfDirectory(
        atPath: folder.path + "/outbox/sent")
      try again.run(notices)
      #expect(try Set(taken).union(again.waiting).count == 4)
      #expect(try Set(taken).intersection(again.waiting) == [])
    }
  }

  @Test func `more than fit one batch, all of them`() throws {
    try run((0..<250).map { notice($0) })
    #expect(try waiting.count == 250)
    #expect(try folder.open().notificationCursors() == [acme: Position(250)])
  }

  @Test func `but not of what was history when telling began`() throws {
    try run([notice(0), notice(9)], ends: [acme: Position(9)])
    #expect(try waiting == [name(9)])
    // A tenant that comes later is told from its first event on, and nothing begins again.
    let late = notice(0, of: other)
    try run([notice(0), notice(9), late], ends: [acme: Position(10), other: Position(7)])
    #expect(try waiting == [name(9), "other.0.customer.robin.eml"])
  }

  @Test func `where they have an address`() throws {
    try run([notice(1, at: nil), notice(2)])
    #expect(try waiting == [name(2)])
    // An address that comes later brings nothing of what was before it.
    try run([notice(1), notice(2)])
    #expect(try waiting == [name(2)])
  }

  @Test func `and no more once they are forgotten`() throws {
    let kim = notice(1, to: Actor(.agent, "robin"))
    try run([notice(1), kim, notice(2, of: other), notice(3)])
    try FileManager.default.moveItem(
      atPath: folder.path + "/outbox/" + name(1), toPath: folder.path + "/outbox/sent/" + name(1))
    let outbox = try outbox
    let delivery = NoticeDelivery(
      records: try folder.open(), notifier: outbox,
      // A read model that does not know yet that they are gone.
      list: Self.list([notice(4), notice(5, to: Actor(.agent, "kim"))]))
    try outbox.forget(Actor(.customer, "robin"), of: acme)
    #expect(try waiting == ["acme.1.agent.robin.eml", "other.2.customer.robin.eml"])
    _ = try delivery.run()
    #expect(
      try waiting == [
        "acme.1.agent.robin.eml", "acme.5.agent.kim.eml", "other.2.customer.robin.eml",
      ])
    try outbox.forget(Actor(.agent, "kim"), of: acme)
    let sent = folder.path + "/outbox/sent"
    #expect(try FileManager.default.contentsOfDirectory(atPath: sent) == [])
    #expect(try OutboxNotifier.counts(in: folder.path + "/outbox").waiting == 2)
  }
}
