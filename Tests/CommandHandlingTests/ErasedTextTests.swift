// What a person wrote, in read models, pages and evidence, before and after their erasure.

import CommandHandling
import Cryptography
import EventSourcing
import Events
import Foundation
import Gateways
import PersonalData
import Projecting
import Projections
import RunningRedress
import SQLite
import Testing

struct `The erasure of a person` {
  @Test func `leaves read models that say the same live and rebuilt, and nothing of the person`()
    async throws
  {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    let commands = [
      ("mail", "ChangeTenantSettings", #"{"emailNotifications":true}"#, Robin.admin),
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
      ("deny", "DenyRefund", #"{"refundId":"r1","reason":"worn"}"#, Robin.admin),
      (
        "kim", "ChangeCustomerDetails", #"{"customerId":"robin","lastName":"Sandgate-Seven"}"#,
        Robin.admin
      ),
      (
        "other", "RegisterCustomer", #"{"customerId":"alex","email":"alex@example.com"}"#,
        Robin.admin
      ),
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
    #expect(try await Robin.erase(from: redress).isAccepted)
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
    let redress = try await Robin.registered()
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
        actor: Robin.admin
      ).isAccepted)
    #expect(try await sendBack("t1", described).isAccepted)
    #expect(await redress.settle())
    let again = try await sendBack("t1", described)
    #expect(again.isAccepted && again.isReplay)
    #expect(try await sendBack("t1", #"{"code":"other","description":"Keep it"}"#).isConflict)
    let models = redress.folder + "/read-models"
    #expect(try filesHolding("Sandgate 7", below: redress.logFolder) == [])
    #expect(try await page("t1", of: redress).contains("<p>1: Fetch it at Sandgate 7</p>"))

    #expect(try await Robin.erase(from: redress).isAccepted)
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
      try Returns.lines(of: ReturnID(unchecked: "t1"), tenant: Robin.person.tenant, in: database)
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
    try await redress.page("/tenants/\(Robin.person.tenant)/returns/\(id)")
  }

  @Test func `takes a case's description with it, which its page has`() async throws {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    func description() async throws -> (text: String?, page: String) {
      #expect(await redress.settle())
      let id = CaseID(unchecked: "k2")
      return (
        try redress.projections.read(CaseBoard.self) {
          try CaseBoard.description(of: id, tenant: Robin.person.tenant, in: $0)
        }, try await redress.page("/tenants/\(Robin.person.tenant)/cases/k2")
      )
    }
    let before = try await description()
    #expect(before.text == "Sandgate 7")
    #expect(before.page.contains("<p>Sandgate 7</p>"))
    #expect(try await Robin.erase(from: redress).isAccepted)
    let after = try await description()
    #expect(after.text == PersonalText.erased)
    #expect(after.page.contains("<p>[erased]</p>"))
    redress.stop()
  }

  @Test func `takes evidence with it, and changes nothing in the store`() async throws {
    let redress = try await Robin.registered()
    defer { redress.removeFolder() }
    let folder = redress.folder + "/evidence"
    let evidence = SealedEvidence(
      store: try FolderEvidenceStore(folder: folder), vault: redress.vault)
    let content = Array("the photo of Sandgate 7".utf8)
    let header = EvidenceHeader(person: Robin.person, mediaType: "image/png", content: content)
    let key = try #require(try evidence.put(content, header, position: .first))
    guard case .content(content, header)? = try evidence.get(key, of: Robin.person.tenant) else {
      Issue.record("the evidence is not what was put there")
      return
    }
    #expect(try evidence.get(key, of: TenantID(unchecked: "other")) == nil)
    for sealed in [folder, redress.logFolder] {
      #expect(try filesHolding("Sandgate 7", below: sealed) == [])
    }
    let stored = try Data(contentsOf: URL(filePath: "\(folder)/\(key)"))
    #expect(SHA256.hash(Array(stored)) == key)
    #expect(try await Robin.erase(from: redress).isAccepted)
    guard case .erased(header)? = try evidence.get(key, of: Robin.person.tenant) else {
      Issue.record("the evidence was not erased")
      return
    }
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/\(key)")) == stored)
    #expect(try evidence.put(content, header, position: .first) == nil)
    redress.stop()
  }
}
