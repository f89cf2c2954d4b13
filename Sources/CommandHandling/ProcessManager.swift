// A process manager whose whole work is to submit commands when their time has come: expire a hold,
// approve what a policy approves, say that a target was missed. It keeps no timers and no state:
// what is due is read from a read model again and again, so a restart forgets nothing, and the id
// of each command follows from the event that caused it, so that doing it twice changes nothing.

import EventSourcing
public import Events
import Glibc
import Synchronization

/// Submits what a read model says is due, as late as it is woken.
public final class ProcessManager: Sendable {
  public typealias List = @Sendable (_ limit: Int) throws -> [DueCommand]

  private struct Key: Hashable {
    var tenant: TenantID
    var id: CommandID
  }

  private let actor: Actor
  private let submit: @Sendable (Submission) async -> Answer
  private let list: List
  private let onFailure: @Sendable (any Error) -> Void
  /// Submitted by this run and not yet seen gone from the list.
  private let taken = Mutex<Set<Key>>([])

  /// How much is taken up in one go.
  private static let batchLength = 1_000

  /// - Parameters:
  ///   - name: what the log calls it: `system/name`.
  ///     - list: what is due now, up to so many, the oldest first, from a read model that may lag
  ///     behind.
  ///   - onFailure: told when the list cannot be read; the next ``wake()`` tries again.
  public init(
    name: String, sequencer: Sequencer, list: @escaping List,
    onFailure: @escaping @Sendable (any Error) -> Void
  ) {
    actor = Actor(.system, name)
    submit = { await sequencer.submit($0) }
    self.list = list
    self.onFailure = onFailure
  }

  /// Submits whatever is due and was not seen before, and returns when all of it is answered.
  public func wake() async {
    let due: [DueCommand]
    do {
      due = try taken.withLock { taken in
        // What was refused stays on the list and must not keep others from it.
        let listed = try list(Self.batchLength + taken.count)
        let new = listed.filter { !taken.contains(Self.key($0)) }
        taken = Set(listed.map(Self.key))
        return new
      }
    } catch { return onFailure(error) }
    await withDiscardingTaskGroup { group in
      for command in due { group.addTask { await self.carryOut(command) } }
    }
  }

  private static func key(_ due: DueCommand) -> Key { Key(tenant: due.tenant, id: due.id) }

  private func carryOut(_ due: DueCommand) async {
    let submitted = SubmittedCommand(
      id: due.id, tenant: due.tenant, command: due.command, actor: actor)
    _ = await submit(
      Submission(
        command: submitted, contentHash: submitted.contentHash, peerUID: getuid(),
        causation: due.cause))
  }
}
