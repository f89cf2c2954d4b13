// The policies of a tenant, as the events say.

import CommandHandling
import Domain
import EventSourcing
import Events
import Projecting
import Projections
import RunningRedress
import Testing

struct `The policies of a tenant` {
  private let acme = TenantID(unchecked: "acme")

  private func policies(_ redress: RunningRedress) async throws -> [PolicyRow] {
    #expect(await redress.settle())
    return try redress.projections.read(Policies.self) {
      try Policies.all(tenant: acme, limit: 10, in: $0)
    }
  }

  private func define(_ redress: RunningRedress, _ id: String, _ rest: String) async throws {
    let answer = try await redress.submit(
      "\(id)-\(rest.utf8.count)", "DefinePolicy",
      #"{"policyId":"\#(id)","name":"\#(id)","rules":[],\#(rest)}"#)
    #expect(answer.isAccepted, "\(answer)")
  }

  @Test func `are there in their newest version, and at most one is active`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await define(redress, "a", #""active":true,"defaultAction":{"eligible":true}"#)
    try await define(redress, "b", #""active":true,"defaultAction":{"eligible":true}"#)
    try await define(redress, "b", #""defaultAction":{"eligible":false}"#)
    var rows = try await policies(redress).filter { ["a", "b"].contains($0.policyID) }
    #expect(rows.map(\.version) == [1, 2] && rows.map(\.isActive) == [false, true])
    #expect(try rows[1].rules().defaultAction.eligible == false)
    for (type, active) in [
      ("ActivatePolicy", [true, false]), ("DeactivatePolicy", [false, false]),
    ] {
      #expect(try await redress.submit(type, type, #"{"policyId":"a"}"#).isAccepted)
      rows = try await policies(redress).filter { ["a", "b"].contains($0.policyID) }
      #expect(rows.map(\.isActive) == active, "\(type)")
    }
    #expect(try await policies(redress).count { $0.isActive } == 0)
    redress.stop()
  }

  @Test func `have the digest of what they show`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    redress.start()
    try await define(redress, "a", #""defaultAction":{"eligible":true,"restockingFee":500}"#)
    let row = try #require(try await policies(redress).first { $0.policyID == "a" })
    #expect(try row.rules().sha256.rawValue == row.sha256)
    redress.stop()
  }
}
