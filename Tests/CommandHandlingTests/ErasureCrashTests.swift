// An erasure that a crash cut short: what an earlier run left undone, the next completes.

import CommandHandling
import Cryptography
import EventSourcing
import PersonalData
import RunningRedress
import Synchronization
import Testing

struct `An erasure` {
  private let place = PersonalPlace(
    tenant: TenantID(unchecked: "acme"), stream: StreamName("customer/robin"), revision: .first,
    field: "email")

  @Test func `that a crash cut short after it was recorded is completed by the next start`()
    async throws
  {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    // As if the process had died at each of these calls, one after another.
    let store = Forgetful()
    let eraser = Eraser(
      log: redress.log, vault: redress.vault, stores: [store], orders: { _, _ in [] })
    #expect(try eraser.complete() == [], "nothing is on record yet")
    #expect(try await Robin.erase(from: redress).isAccepted)
    redress.stop()

    let restarted = try RunningRedress(folder: redress.folder)
    let again = Eraser(
      log: restarted.log, vault: restarted.vault, stores: [store], orders: { _, _ in [] })
    #expect(try again.complete() == [], "the answer came after the key was gone")
    restarted.stop()
  }

  @Test(arguments: ["store", "destroy", "mark"])
  func `is done again from the start when it dies there`(step: String) async throws {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    #expect(try await Robin.erase(from: redress).isAccepted)
    let text = try redress.vault.fingerprint(of: Robin.person)
    #expect(text == nil)
    redress.stop()
    let restarted = try RunningRedress(folder: redress.folder)
    let keys = KeysInMemory()
    let master = randomBytes(32)
    let dying = DyingStore(keys, at: step)
    let first = PersonalVault(masters: MasterKeys([1: master]), store: dying)
    _ = try first.seal("secret", of: Robin.person, at: place, position: .first)
    try first.makeDurable()
    let forgetful = Forgetful(isDying: step == "store")
    #expect(throws: (any Error).self) {
      try Eraser(log: restarted.log, vault: first, stores: [forgetful], orders: { _, _ in [] })
        .complete()
    }
    // The next life, on what the first left behind.
    let second = PersonalVault(masters: MasterKeys([1: master]), store: keys)
    let patient = Forgetful()
    #expect(
      try Eraser(log: restarted.log, vault: second, stores: [patient], orders: { _, _ in [] })
        .complete() == [Robin.person])
    #expect(try second.isErased(Robin.person) && second.isComplete(Robin.person))
    #expect(patient.erased == [Robin.person])
    #expect(
      try Eraser(log: restarted.log, vault: second, stores: [patient], orders: { _, _ in [] })
        .complete() == [])
    restarted.stop()
  }

  @Test func `waits while the key that discloses the addresses cannot be read`() async throws {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    #expect(try await Robin.erase(from: redress).isAccepted)
    let (keys, master) = (KeysInMemory(), randomBytes(32))
    let vault = PersonalVault(masters: MasterKeys([1: master]), store: keys)
    _ = try vault.seal("secret", of: Robin.person, at: place, position: .first)
    try vault.makeDurable()
    func eraser(_ masters: MasterKeys) -> Eraser {
      Eraser(
        log: redress.log, vault: PersonalVault(masters: masters, store: keys), stores: [],
        orders: { _, _ in [] })
    }
    let wrong = eraser(MasterKeys([2: randomBytes(32)]))
    var delayed: [Person] = []
    #expect(try wrong.complete { delayed.append($0.person) } == [])
    #expect(delayed == [Robin.person] && !keys.isComplete(Robin.person))
    #expect(wrong.isDelayed && wrong.delay(of: Robin.person)?.contains("master key 1") == true)
    #expect(try eraser(MasterKeys([1: master])).complete() == [Robin.person])
    redress.stop()
  }
}

/// A store that may die instead of letting go.
private final class Forgetful: ErasingStore {
  struct Death: Error {}

  private let isDying: Bool
  private let persons = Mutex<[Person]>([])

  init(isDying: Bool = false) { self.isDying = isDying }

  var erased: [Person] { persons.withLock { $0 } }

  func erase(_ person: Person, emails: [String], orders: Set<String>) throws {
    if isDying { throw Death() }
    persons.withLock { $0.append(person) }
  }
}

/// Keys that outlive a process which dies at one call.
private final class DyingStore: PersonalKeyStore {
  struct Death: Error {}

  private let keys: KeysInMemory
  private let step: String

  init(_ keys: KeysInMemory, at step: String) { (self.keys, self.step) = (keys, step) }

  func record(of person: Person) -> KeyRecord? { keys.record(of: person) }
  func keep(_ new: [WrappedKey]) { keys.keep(new) }
  func isComplete(_ person: Person) -> Bool { keys.isComplete(person) }

  func erase(_ erasure: KeyErasure) throws {
    // Not even begun, the worst that can be left.
    if step == "destroy" { throw Death() }
    keys.erase(erasure)
  }

  func markComplete(_ person: Person) throws {
    if step == "mark" { throw Death() }
    keys.markComplete(person)
  }
}
