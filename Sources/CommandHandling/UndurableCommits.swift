// Commands that are decided but not durable yet. Whoever sends one of them again waits for the first
// one's commit and gets its answer; nobody learns of a decision that a power cut could still undo.

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

  private struct State {
    var entries: [CommandKey: Entry] = [:]
    var durableEnds: [TenantID: Position] = [:]
  }

  private let state = Mutex(State())

  func add(
    _ key: CommandKey, hash: CommandHash, outcome: Outcome,
    _ completion: @escaping Sequencer.Completion
  ) {
    state.withLock {
      $0.entries[key] = Entry(hash: hash, outcome: outcome, first: completion)
    }
  }

  /// Takes over the answer if this command is one that is not durable yet.
  func answer(_ submission: Submission, _ completion: @escaping Sequencer.Completion) -> Bool {
    let key = CommandKey(submission.command)
    let (isKnown, isConflict) = state.withLock { state in
      guard let entry = state.entries[key] else { return (false, false) }
      guard entry.hash == submission.contentHash else { return (true, true) }
      state.entries[key]?.others.append(completion)
      return (true, false)
    }
    if isConflict { completion(Answer(.conflict)) }
    return isKnown
  }

  /// Answers everybody who waits for this command; the log can find it from now on.
  func complete(_ key: CommandKey, durableEnd: Position) {
    let entry = state.withLock { state in
      state.durableEnds[key.tenant] = durableEnd
      return state.entries.removeValue(forKey: key)
    }
    guard let entry else { return }
    entry.first(Answer(entry.outcome))
    for other in entry.others { other(Answer(entry.outcome, isReplay: true)) }
  }

  /// Everything below this position is durable.
  func durableEnd(of tenant: TenantID) -> Position {
    state.withLock { $0.durableEnds[tenant] ?? .first }
  }
}
