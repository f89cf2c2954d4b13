// Fatal, contradiction, passing: one place decides.

import Cryptography
import EventSourcing
import Service
import Synchronization
import Testing
import Transparency

@testable import Node

struct `An error of a running part` {
  private final class Heard: Sendable {
    let said = Mutex<[String]>([])
    let fatal = Mutex<[String]>([])
    let refused = Mutex<[String]>([])
  }

  private struct DiskFull: Error, CustomStringConvertible {
    var description: String { "the disk is full" }
  }

  private func failures(_ heard: Heard) -> Failures {
    let failures = Failures(
      report: { line in
        heard.said.withLock { $0.append("\(line.component) \(line.message)") }
      },
      onFatal: { text in heard.fatal.withLock { $0.append(text) } })
    failures.onContradiction { reason in heard.refused.withLock { $0.append(reason) } }
    return failures
  }

  @Test func `that passes is reported once, and again after it has passed`() {
    let heard = Heard()
    let failures = failures(heard)
    for _ in 1...500 { failures.note(DiskFull(), of: "records-expiry") }
    #expect(heard.said.withLock { $0 } == ["records-expiry failed; will retry: the disk is full"])
    #expect(failures.health.failing.map(\.part) == ["records-expiry"])
    #expect(failures.health.failureCounts.map(\.count) == [500])
    failures.clear("records-expiry")
    failures.clear("records-expiry")
    #expect(failures.health.failing.isEmpty)
    #expect(heard.said.withLock { $0.last } == "records-expiry works again")
    failures.note(DiskFull(), of: "records-expiry")
    #expect(heard.said.withLock { $0.count } == 3)
    #expect(heard.refused.withLock { $0.isEmpty } && heard.fatal.withLock { $0.isEmpty })
  }

  @Test func `that contradicts what was signed makes commands be refused`() {
    let heard = Heard()
    let root = SHA256.hash([])
    let refusal = CheckpointRefusal.rollback(
      origin: "redress/acme", signed: TreeHead(size: 2, root: root),
      offered: TreeHead(size: 1, root: root))
    let failures = failures(heard)
    #expect(failures.health.refusal == nil)
    for _ in 1...5 { failures.note(refusal, of: "signing checkpoints") }
    #expect(heard.refused.withLock { $0 } == ["\(refusal)"])
    #expect(heard.said.withLock { $0.count } == 2)
    #expect(failures.health.refusal == "\(refusal)")
    #expect(heard.fatal.withLock { $0.isEmpty })
  }

  @Test func `of the disk of checkpoints passes and refuses no command`() {
    let heard = Heard()
    let failures = failures(heard)
    let full = CheckpointRefusal.file(
      origin: "redress/acme", .io(operation: "write", path: "acme", errno: 28))
    failures.note([full, full], of: "signing checkpoints")
    #expect(failures.health.refusal == nil && heard.refused.withLock { $0.isEmpty })
    #expect(failures.health.failing.map(\.part) == ["signing checkpoints"])
    #expect(heard.said.withLock { $0.count } == 1)
    failures.note([], of: "signing checkpoints")
    #expect(failures.health.failing.isEmpty)
  }

  @Test func `of a write to the log ends the process`() {
    let heard = Heard()
    failures(heard).end(because: DiskFull())
    #expect(heard.fatal.withLock { $0 } == ["the disk is full"])
  }
}
