// When the certificate of an erasure is given.

import CommandHandling
import EventSourcing
import Foundation
import HTTP
import Node
import Projecting
import RunningRedress
import Testing

struct `The certificate of an erasure` {
  private let target = "/v1/erasures/robin?tenant=acme"
  private let email = "robin@example.com"

  private func prepare(_ running: RunningService) async throws {
    try await running.submit("AddAgent", #"{"agentId":"max","role":"admin"}"#)
    try await running.submit(
      "RegisterCustomer", #"{"customerId":"robin","email":"\#(email)"}"#)
    await running.settle()
  }

  private func erase(_ running: RunningService) async throws {
    try await running.submit(
      "EraseSubject", #"{"subjectId":"robin","reason":"Asked for"}"#, actor: "agent/max")
  }

  /// The names of the read models' files that hold the customer's address.
  private func filesWithEmail(_ running: RunningService) throws -> [String] {
    let folder = running.redress.folder + "/read-models"
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
      let content = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      return content.range(of: Data(email.utf8)) != nil
    }
  }

  @Test func `is given only when a rebuild that had read the texts has applied the erasure`()
    async throws
  {
    try await RunningService.with { running in
      try await prepare(running)
      let rebuild = await HeldRebuild(
        of: running.redress.projections.statuses.map(\.name), in: running.redress.projections)
      let shadows = try filesWithEmail(running).filter { $0.hasSuffix(".rebuilding") }
      #expect(shadows != [], "the rebuild has read the address")
      try await erase(running)
      await running.settle()
      let early = await running.get(target)
      #expect(early.status == 503)
      #expect(early.code == "erasure-unfinished")
      #expect(early.detail.contains("a running rebuild of read models still holds personal data"))
      #expect(try await rebuild.release().allSatisfy { !$0.isChanged })
      #expect(await running.get(target).status == 200)
      #expect(try filesWithEmail(running) == [])
    }
  }

  @Test func `is given after a rebuild that failed, which leaves no texts`() async throws {
    try await RunningService.with { running in
      try await prepare(running)
      let folder = running.redress.folder + "/read-models/"
      let rebuild = await HeldRebuild(
        of: running.redress.projections.statuses.map(\.name), in: running.redress.projections)
      try FileManager.default.removeItem(atPath: folder + "DueWork.rebuilding")
      try await erase(running)
      await running.settle()
      await #expect(throws: RebuildFailed.self) { try await rebuild.release() }
      #expect(await running.get(target).status == 200)
      #expect(try filesWithEmail(running) == [])
    }
  }

  @Test func `is given after a rebuild of a read model that had stopped before the erasure`()
    async throws
  {
    try await RunningService.with { running in
      try await prepare(running)
      try await running.stopRefundQueue()
      try await erase(running)
      await running.settle(besides: "RefundQueue")
      #expect(await running.get(target).status == 503)
      let previous = running.redress.folder + "/read-models/RefundQueue.previous.sqlite"
      #expect(try running.redress.projections.rebuild(["RefundQueue"]).count == 1)
      #expect(await running.get(target).status == 200)
      // It had not applied the erasure.
      #expect(!FileManager.default.fileExists(atPath: previous))
    }
  }

  @Test func `is not given for a read model's file that is not the one of the service`()
    async throws
  {
    try await RunningService.with { running in
      try await prepare(running)
      let path = running.redress.folder + "/read-models/CaseBoard.sqlite"
      try FileManager.default.moveItem(atPath: path, toPath: path + ".other")
      try FileManager.default.copyItem(atPath: path + ".other", toPath: path)
      try await erase(running)
      await running.settle()
      let early = await running.get(target)
      #expect(early.status == 503 && early.code == "erasure-unfinished")
      #expect(early.detail.contains("CaseBoard.sqlite is gone or was replaced: rebuild it"))
      _ = try running.redress.projections.rebuild(["CaseBoard"])
      #expect(await running.get(target).status == 200)
      try FileManager.default.removeItem(atPath: path + ".other")
    }
  }

  @Test func `says what it waits for while the orders of the person are not known`() async throws {
    try await RunningService.with { running in
      try await prepare(running)
      let path = running.redress.folder + "/read-models/OrderBalance.sqlite"
      try FileManager.default.removeItem(atPath: path)
      try await erase(running)
      await running.settle()
      let early = await running.get(target)
      #expect(early.status == 503 && early.code == "erasure-unfinished")
      #expect(
        early.detail.contains(
          "the key is not destroyed (an erasure needs the read model OrderBalance"))
      #expect(early.detail.contains("rebuild it with redress projections rebuild"))
      _ = try running.redress.projections.rebuild(["OrderBalance"])
      _ = try running.redress.node.eraser.complete()
      #expect(await running.get(target).status == 200)
    }
  }
}
