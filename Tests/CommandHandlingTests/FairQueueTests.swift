// Whose commands are decided next when more wait than are decided at a time.

import EventSourcing
import Events
import Testing

@testable import CommandHandling

struct `Commands that wait` {
  private struct Sender {
    var tenant: String
    var uid: UInt32
  }

  private func submission(_ id: Int, from sender: Sender) throws -> FairQueue.Element {
    let json = """
      {"id":"c\(id)","tenant":"\(sender.tenant)","type":"DenyRefund",\
      "data":{"refundId":"r1","reason":"no"},"actor":"service/s"}
      """
    let command = try SubmittedCommand(json: Array(json.utf8).span)
    return (
      Submission(command: command, contentHash: command.contentHash, peerUID: sender.uid), { _ in }
    )
  }

  private func batches(
    _ queue: inout FairQueue, after arrived: [FairQueue.Element]
  ) -> [[FairQueue.Element]] {
    var batches = [queue.takeBatch(after: FairQueue.runs(of: arrived))]
    while case let batch = queue.takeBatch(), !batch.isEmpty { batches.append(batch) }
    return batches
  }

  @Test func `are all taken, each submitter's for a tenant in their order`() throws {
    var queue = FairQueue()
    let senders = [
      Sender(tenant: "big", uid: 1), Sender(tenant: "big", uid: 2), Sender(tenant: "small", uid: 1),
    ]
    let arrived = try (0..<3_000).map { try submission($0, from: senders[$0 % 7 % 3]) }
    let taken = batches(&queue, after: arrived).flatMap(\.self).map(\.0)
    #expect(taken.count == 3_000)
    for sender in senders {
      let ids = taken.filter {
        $0.command.tenant.rawValue == sender.tenant && $0.peerUID == sender.uid
      }.compactMap { Int($0.command.id.rawValue.dropFirst()) }
      #expect(
        ids
          == (0..<3_000).filter {
            senders[$0 % 7 % 3].tenant == sender.tenant
              && senders[$0 % 7 % 3].uid == sender.uid
          })
    }
  }

  @Test func `of one tenant keep another's waiting for no more than one batch`() throws {
    var queue = FairQueue()
    let (big, small) = (Sender(tenant: "big", uid: 1), Sender(tenant: "small", uid: 1))
    let first = queue.takeBatch(
      after: FairQueue.runs(of: try (0..<5_000).map { try submission($0, from: big) }))
    #expect(first.count == 512)
    let late = try submission(9_000, from: small)
    #expect(
      queue.takeBatch(after: FairQueue.runs(of: [late])).prefix(2).contains {
        $0.0.command.tenant.rawValue == "small"
      })
  }

  @Test func `of one submitter keep another's for the same tenant waiting no longer`() throws {
    var queue = FairQueue()
    let one = Sender(tenant: "acme", uid: 1)
    _ = queue.takeBatch(
      after: FairQueue.runs(of: try (0..<5_000).map { try submission($0, from: one) }))
    let late = try submission(9_000, from: Sender(tenant: "acme", uid: 2))
    #expect(
      queue.takeBatch(after: FairQueue.runs(of: [late])).prefix(2).contains { $0.0.peerUID == 2 })
  }

  @Test func `are taken as they came while they are few`() throws {
    var queue = FairQueue()
    let arrived = try (0..<512).map {
      try submission($0, from: Sender(tenant: $0 % 5 == 0 ? "a" : "b", uid: 1))
    }
    #expect(
      queue.takeBatch(after: FairQueue.runs(of: arrived)).map(\.0.command.id.rawValue)
        == (0..<512).map { "c\($0)" })
    #expect(queue.takeBatch().isEmpty)
  }
}
