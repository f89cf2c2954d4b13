import Cryptography
import EventSourcing
import Events
import Foundation
import PersonalData
import Testing

private let acme = TenantID(unchecked: "acme")
private let robin = Person("robin", of: acme)

private func place(
  _ field: String = "email", revision: UInt64 = 0, stream: String = "customer/robin",
  tenant: TenantID = acme
) -> PersonalPlace {
  PersonalPlace(
    tenant: tenant, stream: StreamName(stream), revision: Revision(revision), field: field)
}

private func newVault() -> PersonalVault {
  PersonalVault(masters: MasterKeys([1: randomBytes(32)]), store: KeysInMemory())
}

struct `A personal text` {
  let vault = newVault()

  private func seal(_ text: String, of person: Person = robin) throws -> String {
    try vault.seal(text, of: person, at: place(), position: Position(3))
  }

  private func read(
    _ text: String, of person: Person = robin, at place: PersonalPlace = place(),
    position: UInt64 = 3
  ) throws -> PersonalReading {
    try vault.read(text, of: person, at: place, position: Position(position))
  }

  @Test(arguments: ["robin@example.com", "", "Ж 🦆", "enc:v1:robin:AAAA", "a\"\\\n"])
  func `says nothing once it is sealed, and opens at its own place`(text: String) throws {
    let sealed = try seal(text)
    #expect(sealed.hasPrefix("enc:v1:robin:"))
    #expect(text.isEmpty || !sealed.contains(text))
    #expect(try seal(text) != sealed, "the same text is never sealed to the same bytes")
    #expect(try read(sealed) == .opened(text))
  }

  @Test func `opens nowhere else`() throws {
    let sealed = try seal("robin@example.com")
    #expect(try read(sealed, at: place("firstName")) == .damaged)
    #expect(try read(sealed, at: place(revision: 1)) == .damaged)
    #expect(try read(sealed, at: place(stream: "order/o1")) == .damaged)
    #expect(try read(sealed, at: place(tenant: TenantID(unchecked: "other"))) == .damaged)
  }

  @Test func `is damaged when any of its bits is changed`() throws {
    let sealed = try seal("robin@example.com")
    let prefix = "enc:v1:robin:"
    var bytes = [UInt8](try #require(Data(base64Encoded: String(sealed.dropFirst(prefix.count)))))
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let changed = prefix + Data(bytes).base64EncodedString()
      #expect(try read(changed) == .damaged, "bit \(bit)")
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    #expect(try read("enc:v1:robin:no base64") == .damaged)
  }

  @Test func `is one person's only`() throws {
    let sealed = try seal("robin@example.com")
    _ = try seal("kim@example.com", of: Person("kim", of: acme))
    #expect(try read(sealed, of: Person("kim", of: acme)) == .damaged)
  }

  @Test func `from before encryption is read as it is`() throws {
    #expect(try read("robin@example.com") == .clear("robin@example.com"))
  }

  @Test func `of an erased person is erased, and no new one is sealed`() throws {
    let sealed = try seal("robin@example.com")
    let fingerprint = try #require(try vault.fingerprint(of: robin))
    #expect(fingerprint.utf8.count == 32)
    try vault.destroy(
      KeyErasure(person: robin, position: Position(4), fingerprint: fingerprint))
    #expect(try read(sealed) == .erased)
    #expect(try vault.fingerprint(of: robin) == nil)
    #expect(throws: PersonalDataError.erased(robin)) { try seal("again") }
  }

  @Test func `whose key was lost is not called damaged, also once there is another key`() throws {
    let sealed = try seal("robin@example.com")
    let later = newVault()
    #expect(
      try later.read(sealed, of: robin, at: place(), position: Position(3)) == .keyMissing)
    let new = try later.seal("again", of: robin, at: place(revision: 1), position: Position(9))
    #expect(
      try later.read(sealed, of: robin, at: place(), position: Position(3)) == .keyMissing)
    #expect(
      try later.read(new, of: robin, at: place(revision: 1), position: Position(9))
        == .opened("again"))
    // A text that the new key should open and does not.
    #expect(
      try later.read(sealed, of: robin, at: place(), position: Position(9)) == .damaged)
  }

  @Test func `stays readable however few keys fit into memory`() throws {
    let vault = PersonalVault(inMemory: KeysInMemory(), keysInMemory: 64)
    var sealed: [(Person, String)] = []
    for number in 0..<500 {
      let person = Person("p\(number)", of: acme)
      sealed.append(
        (person, try vault.seal("text \(number)", of: person, at: place(), position: .first)))
    }
    for (number, (person, text)) in sealed.enumerated() {
      let reading = try vault.read(text, of: person, at: place(), position: .first)
      #expect(reading == .opened("text \(number)"))
    }
  }
}

struct `A command's content` {
  let vault = newVault()

  private func hash(
    _ email: String, id: String = "c1", made: Bool = true
  ) throws -> CommandHash? {
    let command = SubmittedCommand(
      id: CommandID(unchecked: id), tenant: acme,
      command: .registerCustomer(
        RegisterCustomer(customerID: CustomerID(unchecked: "robin"), email: email)))
    return try vault.contentHash(
      of: command, rest: CommandHash(digest: Array(0..<32)), makingAt: made ? .first : nil)
  }

  @Test func `differs from another in its personal part too`() throws {
    let first = try #require(try hash("robin@example.com"))
    #expect(try hash("robin@example.com", made: false) == first)
    let other = try #require(try hash("day@example.com"))
    #expect(other != first)
    #expect(other.hasSameRest(as: first))
  }

  @Test func `cannot be guessed without the person's key`() throws {
    let first = try #require(try hash("robin@example.com"))
    let another = newVault()
    let command = SubmittedCommand(
      id: CommandID(unchecked: "c1"), tenant: acme,
      command: .registerCustomer(
        RegisterCustomer(
          customerID: CustomerID(unchecked: "robin"), email: "robin@example.com")))
    let guess = try another.contentHash(
      of: command, rest: CommandHash(digest: Array(0..<32)), makingAt: .first)
    #expect(guess != first)
    let fingerprint = try vault.fingerprint(of: robin)
    try vault.destroy(KeyErasure(person: robin, position: .first, fingerprint: fingerprint))
    #expect(try hash("robin@example.com") == nil)
  }
}
