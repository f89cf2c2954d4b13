// Commands that are decided but not durable yet. A command that is sent again waits for the first
// one's commit and gets its answer; no answer reports a decision that a power cut could still undo.

import EventSourcing
import Events
import Synchronization

struct CommandKey: Hashable {
  var tenant: TenantID
  var id: CommandID

  init(_ command: SubmittedCommand) {
    tenant = command.tenant
    id = command.id
  }
}

final class UndurableCommits: Sendable {
  private struct Entry {
    var hash: CommandHash
    var outcome: Outcome
    var first: Sequencer.Completion
    var others: [Sequencer.Completion] = []
  }

  private let entries = Mutex<[CommandKey: Entry]>([:])

  func add(
    _ key: CommandKey, hash: CommandHash, outcome: Outcome,
    _ completion: @escaping Sequencer.Completion
  ) {
    entries.withLock { $0[key] = Entry(hash: hash, outcome: outcome, first: completion) }
  }

  /// Takes over the answer if this command is one that is not durable yet.
  func answer(
    _ key: CommandKey, isSame: (CommandHash) throws -> Bool,
    _ completion: @escaping Sequencer.Completion
  ) throws -> Bool {
    guard let hash = entries.withLock({ $0[key]?.hash }) else { return false }
    guard try isSame(hash) else {
      completion(Answer(.conflict))
      return true
    }
    // It may have become durable meanwhile.
    return entries.withLock { entries in
      entries[key]?.others.append(completion)
      return entries[key] != nil
    }
  }

  /// Gives up commands that were never handed to the log.
  ///
  /// - Returns: for each of them what answers all callers that wait for it.
  func takeBack(_ keys: [CommandKey]) -> [Sequencer.Completion] {
    let taken = entries.withLock { entries in keys.map { entries.removeValue(forKey: $0) } }
    return taken.map { entry in
      { answer in
        entry?.first(answer)
        for other in entry?.others ?? [] { other(Answer(answer.outcome, isReplay: true)) }
      }
    }
  }

  /// Answers all callers that wait for these commands; the log can find them from now on.
  func complete(_ keys: [CommandKey]) {
    let done = entries.withLock { entries in keys.compactMap { entries.removeValue(forKey: $0) } }
    for entry in done {
      entry.first(Answer(entry.outcome))
      for other in entry.others { other(Answer(entry.outcome, isReplay: true)) }
    }
  }
}
