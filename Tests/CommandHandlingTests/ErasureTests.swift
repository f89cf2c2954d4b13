// Erasing a person: the key, the answer, commands that come again, and legal holds.

import CommandHandling
import EventSourcing
import Events
import PersonalData
import RunningRedress
import SQLite
import Testing

struct `Erasing a person` {
  @Test func `destroys the key before it is answered, and the history still holds`() async throws {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    let database = redress.folder + "/keys/keys.sqlite"
    let wrapped = try #require(
      try SQLiteKeyStore(path: database, mode: .readOnly).wrapped(Robin.person))
    #expect(try filesHolding(wrapped, below: redress.folder + "/keys") != [])
    let answer = try await Robin.erase(from: redress)
    #expect(answer.types == ["SubjectErased"])
    #expect(try redress.vault.isComplete(Robin.person))
    #expect(try filesHolding(wrapped, below: redress.folder) == [], "not even wrapped")
    let events = try redress.history()
    for var event in events { try redress.vault.open(&event) }
    let again = try await Robin.erase(from: redress, id: "e2")
    #expect(again.types == [] && again.rejection == nil, "a second time changes nothing")
    let change = try await redress.submit(
      "ch", "ChangeCustomerDetails", #"{"customerId":"robin","email":"day@example.com"}"#)
    #expect(change.rejection == "personErased")
    #expect(
      try await redress.submit(
        "k3", "OpenCase", #"{"caseId":"k3","customerId":"robin","title":"T","type":"product"}"#
      ).isAccepted, "what is not personal is recorded as before")
    redress.stop()
  }

  @Test func `gives a command of before the same answer as long as the rest is the same`()
    async throws
  {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    #expect(try await Robin.erase(from: redress).isAccepted)
    let again = try await redress.submit(
      "reg", "RegisterCustomer",
      #"{"customerId":"robin","email":"robin@example.com","firstName":"Robinetta"}"#)
    #expect(again.isAccepted && again.isReplay)
    let other = try await redress.submit(
      "reg", "RegisterCustomer", #"{"customerId":"robin","email":"robin@example.com"}"#)
    #expect(other.isConflict)
    redress.stop()
  }

  @Test func `is blocked by a legal hold until that is released`() async throws {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    let place = try await redress.submit(
      "h1", "PlaceLegalHold", #"{"caseId":"k2","reason":"Lawsuit"}"#, actor: Robin.admin)
    #expect(place.types == ["LegalHoldPlaced", "ErasureBlocked"])
    let blocked = try await Robin.erase(from: redress)
    #expect(blocked.rejection == "legalHold")
    guard case .rejected(let rejected, _) = blocked.outcome else { return }
    #expect(rejected.detail.contains("case k2"))
    #expect(
      try await redress.submit(
        "h2", "ReleaseLegalHold", #"{"caseId":"k2","reason":"Settled"}"#, actor: Robin.admin
      ).isAccepted)
    #expect(try await Robin.erase(from: redress, id: "e2").isAccepted)
    redress.stop()
  }
}

extension SQLiteKeyStore {
  /// The bytes of a person's key as they lie in the file.
  fileprivate func wrapped(_ person: Person) throws -> [UInt8]? {
    if case .key(let key)? = try record(of: person) { key.bytes } else { nil }
  }
}
