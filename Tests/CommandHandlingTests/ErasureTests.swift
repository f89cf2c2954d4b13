// Erasing a person, and every crash on the way: whatever an earlier run left undone, the next
// completes.

import CommandHandling
import Cryptography
import EventSourcing
import Events
import Foundation
import Gateways
import HTML
import PersonalData
import Projecting
import Projections
import RunningRedress
import SQLite
import Synchronization
import Testing

struct `Erasing a person` {
  private let robin = Person("robin", of: TenantID(unchecked: "acme"))
  private let admin = "agent/lee"

  private func prepared() async throws -> RunningRedress {
    let redress = try RunningRedress()
    redress.start(isPaying: false)
    try await redress.prepare()
    _ = try await redress.submit("a1", "AddAgent", #"{"agentId":"lee","role":"admin"}"#)
    _ = try await redress.submit(
      "reg", "RegisterCustomer",
      #"{"customerId":"robin","email":"robin@example.com","firstName":"Robinetta"}"#)
    _ = try await redress.submit(
      "k2", "OpenCase",
      #"""
      {"caseId":"k2","customerId":"robin","title":"T","type":"product",\#
      "description":"Sandgate 7"}
      """#
    )
    return redress
  }

  private func erase(_ redress: RunningRedress, id: String = "e1") async throws -> Answer {
    try await redress.submit(
      id, "EraseSubject", #"{"subjectId":"robin","reason":"Asked for"}"#, actor: admin)
  }

  @Test func `destroys the key before it is answered, and the history still holds`() async throws {
    let redress = try await prepared()
    defer { redress.removeFolder() }
    let database = redress.folder + "/keys/keys.sqlite"
    let wrapped = try #require(try SQLiteKeyStore(path: database, mode: .readOnly).wrapped(robin))
    #expect(try filesHolding(wrapped, below: redress.folder + "/keys") != [])
    let answer = try await erase(redress)
    #expect(answer.types == ["SubjectErased"])
    #expect(try redress.vault.isComplete(robin))
    #expect(try filesHolding(wrapped, below: redress.folder) == [], "not even wrapped")
    let events = try redress.history()
    for var event in events { try redress.vault.open(&event) }
    let again = try await erase(redress, id: "e2")
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
    let redress = try await prepared()
    defer { redress.removeFolder() }
    #expect(try await erase(redress).isAccepted)
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
    let redress = try await prepared()
    defer { redress.removeFolder() }
    let place = try await redress.submit(
      "h1", "PlaceLegalHold", #"{"caseId":"k2","reason":"Lawsuit"}"#, actor: admin)
    #expect(place.types == ["LegalHoldPlaced", "ErasureBlocked"])
    let blocked = try await erase(redress)
    #expect(blocked.rejection == "legalHold")
    guard case .rejected(let rejected, _) = blocked.outcome else { return }
    #expect(rejected.detail.contains("case k2"))
    #expect(
      try await redress.submit(
        "h2", "ReleaseLegalHold", #"{"caseId":"k2","reason":"Settled"}"#, actor: admin
      ).isAccepted)
    #expect(try await erase(redress, id: "e2").isAccepted)
    redress.stop()
  }

  @Test func `that a crash cut short after it was recorded is completed by the next start`()
    async throws
  {
    let redress = try await prepared()
    defer { redress.removeFolder() }
    // As if the process had died at each of these calls, one after another.
    let store = Forgetful()
    let eraser = Eraser(log: redress.log, vault: redress.vault, stores: [store])
    #expect(try eraser.complete() == [], "nothing is on record yet")
    #expect(try await erase(redress).isAccepted)
    redress.stop()

    let restarted = try RunningRedress(folder: redress.folder)
    let again = Eraser(log: restarted.log, vault: restarted.vault, stores: [store])
    #expect(try again.complete() == [], "the answer came after the key was gone")
    restarted.stop()
  }

  @Test(arguments: ["store", "destroy", "mark"])
  func `is done again from the start when it dies there`(step: String) async throws {
    let redress = try await prepared()
    defer { redress.removeFolder() }
    #expect(try await erase(redress).isAccepted)
    let text = try redress.vault.fingerprint(of: robin)
    #expect(text == nil)
    redress.stop()
    let restarted = try RunningRedress(folder: redress.folder)
    let keys = KeysInMemory()
    let master = randomBytes(32)
    let dying = DyingStore(keys, at: step)
    let first = PersonalVault(masters: MasterKeys([1: master]), store: dying)
    _ = try first.seal("secret", of: robin, at: place, position: .first)
    try first.makeDurable()
    let forgetful = Forgetful(isDying: step == "store")
    #expect(throws: (any Error).self) {
      try Eraser(log: restarted.log, vault: first, stores: [forgetful]).complete()
    }
    // The next life, on what the first left behind.
    let second = PersonalVault(masters: MasterKeys([1: master]), store: keys)
    let patient = Forgetful()
    #expect(
      try Eraser(log: restarted.log, vault: second, stores: [patient]).complete() == [robin])
    #expect(try second.isErased(robin) && second.isComplete(robin))
    #expect(patient.erased == [robin])
    #expect(try Eraser(log: restarted.log, vault: second, stores: [patient]).complete() == [])
    restarted.stop()
  }

  @Test func `leaves read models that say the same live and rebuilt, and nothing of the person`()
    async throws
  {
    let redress = try await prepared()
    defer { redress.removeFolder() }
    let commands = [
      ("mail", "ChangeTenantSettings", #"{"emailNotifications":true}"#, admin),
      (
        "msg", "PostMessage",
        #"""
        {"caseId":"k2","customerId":"robin","messageId":"m1","authorRole":"buyer",\#
        "author":"robin","body":"I live at Sandgate 7"}
        """#,
        "customer/robin"
      ),
      (
        "ev", "AttachEvidence",
        #"""
        {"caseId":"k2","customerId":"robin","evidenceKey":"e1",\#
        "sha256":"\#(String(repeating: "a", count: 64))","bytes":9,"mime":"image/png",\#
        "description":"The door of Sandgate 7"}
        """#,
        "customer/robin"
      ),
      (
        "ref", "RequestRefund",
        #"""
        {"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],\#
        "reason":"broken"}
        """#,
        "customer/robin"
      ),
      ("deny", "DenyRefund", #"{"refundId":"r1","reason":"worn"}"#, admin),
      (
        "kim", "ChangeCustomerDetails", #"{"customerId":"robin","lastName":"Sandgate-Seven"}"#,
        admin
      ),
      ("other", "RegisterCustomer", #"{"customerId":"alex","email":"alex@example.com"}"#, admin),
    ]
    for (id, type, data, actor) in commands {
      let answer = try await redress.submit(id, type, data, actor: actor)
      #expect(answer.isAccepted && answer.rejection == nil, "\(type): \(answer)")
    }
    #expect(await redress.settle())
    let words = ["robin@example.com", "Robinetta", "Sandgate"]
    let models = redress.folder + "/read-models"
    for word in ["robin@example.com", "Sandgate 7"] {
      #expect(try filesHolding(Array(word.utf8), below: models) != [], "\(word) was known at first")
    }
    #expect(try await erase(redress).isAccepted)
    #expect(await redress.settle())
    #expect(redress.projections.statuses.allSatisfy { !$0.isForgetting })
    for word in words {
      #expect(try filesHolding(Array(word.utf8), below: models) == [], "\(word) is still known")
    }
    let reports = try redress.projections.rebuild(readModels.map { $0.name })
    for report in reports {
      #expect(!report.isChanged && report.previousDigest == report.digest, "\(report.name)")
    }
    for word in words {
      #expect(try filesHolding(Array(word.utf8), below: models) == [], "\(word) is known again")
    }
    #expect(try filesHolding(Array("alex@example.com".utf8), below: models) != [])
    redress.stop()
  }

  @Test func `takes what a customer wrote of what they return with it`() async throws {
    let redress = try await prepared()
    defer { redress.removeFolder() }
    func sendBack(_ id: String, _ reason: String) async throws -> Answer {
      try await redress.submit(
        id, "RequestReturn",
        #"""
        {"returnId":"\#(id)","caseId":"k1","orderId":"o1","lines":[{"lineId":"1","quantity":1,\#
        "reason":\#(reason)}]}
        """#,
        actor: "customer/robin")
    }
    let described = #"{"code":"other","description":"Fetch it at Sandgate 7"}"#
    #expect(
      try await redress.submit(
        "policy", "DefinePolicy",
        #"{"policyId":"p","name":"P","rules":[],"active":true,"defaultAction":{"eligible":true}}"#,
        actor: admin
      ).isAccepted)
    #expect(try await sendBack("t1", described).isAccepted)
    #expect(await redress.settle())
    let again = try await sendBack("t1", described)
    #expect(again.isAccepted && again.isReplay)
    #expect(try await sendBack("t1", #"{"code":"other","description":"Keep it"}"#).isConflict)
    let models = redress.folder + "/read-models"
    #expect(try filesHolding("Sandgate 7", below: redress.logFolder) == [])
    #expect(try await page("t1", of: redress).contains("<p>1: Fetch it at Sandgate 7</p>"))

    #expect(try await erase(redress).isAccepted)
    #expect(await redress.settle())
    #expect(redress.projections.statuses.allSatisfy { !$0.isForgetting })
    #expect(try filesHolding("Sandgate 7", below: models) == [])
    #expect(try await page("t1", of: redress).contains("<p>[erased]</p>"))
    #expect(try await sendBack("t1", described).isReplay)
    let late = try await sendBack("t2", described)
    #expect(late.rejection == "personErased")
    if case .rejected(let rejected, _) = late.outcome {
      #expect(rejected.detail.contains("lines[].reason.description"), "by its sender's name")
    }
    #expect(try await sendBack("t3", #"{"code":"other"}"#).isAccepted)
    redress.stop()
    try checkOlderReturns(redress.history())
  }

  /// Returns of the first version have the words with their lines, in clear.
  private func checkOlderReturns(_ history: [RecordedEvent]) throws {
    let database = try Database(path: ":memory:", mode: .readWrite)
    try database.execute(Returns.schema)
    func words() throws -> [String?] {
      try Returns.lines(of: ReturnID(unchecked: "t1"), tenant: robin.tenant, in: database)
        .map(\.reason.description)
    }
    for var recorded in history {
      if case .return(.returnRequested(var requested)) = recorded.event {
        requested.customerWords = nil
        requested.lines[0].reason.description = "Fetch it"
        recorded.event = .returnRequested(requested)
      }
      if case .privacy(.subjectErased) = recorded.event { #expect(try words() == ["Fetch it"]) }
      try Returns.apply(recorded, to: database)
      if case .privacy(.subjectErased) = recorded.event {
        #expect(try words() == [PersonalText.erased])
      }
    }
  }

  private func page(_ id: String, of redress: RunningRedress) async throws -> String {
    try await redress.page("/tenants/\(robin.tenant)/returns/\(id)")
  }

  @Test func `takes a case's description with it, which its page has`() async throws {
    let redress = try await prepared()
    defer { redress.removeFolder() }
    func description() async throws -> (text: String?, page: String) {
      #expect(await redress.settle())
      let id = CaseID(unchecked: "k2")
      return (
        try redress.projections.read(CaseBoard.self) {
          try CaseBoard.description(of: id, tenant: robin.tenant, in: $0)
        }, try await redress.page("/tenants/\(robin.tenant)/cases/k2")
      )
    }
    let before = try await description()
    #expect(before.text == "Sandgate 7")
    #expect(before.page.contains("<p>Sandgate 7</p>"))
    #expect(try await erase(redress).isAccepted)
    let after = try await description()
    #expect(after.text == PersonalText.erased)
    #expect(after.page.contains("<p>[erased]</p>"))
    redress.stop()
  }

  private let place = PersonalPlace(
    tenant: TenantID(unchecked: "acme"), stream: StreamName("customer/robin"), revision: .first,
    field: "email")

  @Test func `takes evidence with it, and changes nothing in the store`() async throws {
    let redress = try await prepared()
    defer { redress.removeFolder() }
    let folder = redress.folder + "/evidence"
    let evidence = SealedEvidence(
      store: try FolderEvidenceStore(folder: folder), vault: redress.vault)
    let content = Array("the photo of Sandgate 7".utf8)
    let header = EvidenceHeader(person: robin, mediaType: "image/png", content: content)
    let key = try #require(try evidence.put(content, header, position: .first))
    guard case .content(content, header)? = try evidence.get(key, of: robin.tenant) else {
      Issue.record("the evidence is not what was put there")
      return
    }
    #expect(try evidence.get(key, of: TenantID(unchecked: "other")) == nil)
    for sealed in [folder, redress.logFolder] {
      #expect(try filesHolding("Sandgate 7", below: sealed) == [])
    }
    let stored = try Data(contentsOf: URL(filePath: "\(folder)/\(key)"))
    #expect(SHA256.hash(Array(stored)) == key)
    #expect(try await erase(redress).isAccepted)
    guard case .erased(header)? = try evidence.get(key, of: robin.tenant) else {
      Issue.record("the evidence was not erased")
      return
    }
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/\(key)")) == stored)
    #expect(try evidence.put(content, header, position: .first) == nil)
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

extension SQLiteKeyStore {
  /// The bytes of a person's key as they lie in the file.
  fileprivate func wrapped(_ person: Person) throws -> [UInt8]? {
    if case .key(let key)? = try record(of: person) { key.bytes } else { nil }
  }
}

/// The files below a folder that hold these bytes somewhere.
private func filesHolding(_ bytes: [UInt8], below folder: String) throws -> [String] {
  try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
    (try? Data(contentsOf: URL(filePath: folder + "/" + name)))?.range(of: Data(bytes)) != nil
  }
}
