// Classifies the errors of a running node's parts.
//
// - *Fatal*: a write to the log failed, or a command could not be decided or an erasure carried out
//   as the history demands. Only durable events were acknowledged; the process ends.
// - *Contradiction*: the history does not extend what was signed. Every command is refused until an
//   operator has fixed it; reads continue.
// - *Passing*: a full disk, a provider that is down, a file that cannot be read. The part retries;
//   each different error is reported once.

import EventSourcing
import Service
import Synchronization
import Transparency

/// Classifies and reports the errors of a node's parts.
final class Failures: Sendable {
  private let report: @Sendable (LogLine) -> Void
  private let onFatal: @Sendable (String) -> Void
  private let refuseCommands = Mutex<(@Sendable (String) -> Void)?>(nil)
  /// By part, the last reported error that still lasts.
  private let current = Mutex<[String: String]>([:])
  /// In the order of their coming.
  private let contradictions = Mutex<[String]>([])

  init(
    report: @escaping @Sendable (LogLine) -> Void, onFatal: @escaping @Sendable (String) -> Void
  ) {
    self.report = report
    self.onFatal = onFatal
  }

  /// - Parameter refuse: refuses all commands from then on, with a reason.
  func onContradiction(_ refuse: @escaping @Sendable (_ reason: String) -> Void) {
    refuseCommands.withLock { $0 = refuse }
  }

  func end(because error: any Error) { onFatal("\(error)") }

  /// Handles an error of a part that retries.
  func note(_ error: any Error, of part: String) {
    if error is CheckpointRefusal { return contradict("\(error)") }
    let message = "\(error)"
    let isNew = current.withLock { current in
      defer { current[part] = message }
      return current[part] != message
    }
    if isNew { report(LogLine(.warning, part, "failed; will retry: \(message)")) }
  }

  /// What does not work now.
  var health: Health {
    Health(
      refusal: contradictions.withLock { $0.first },
      failing: current.withLock { $0.map { Health.Failing(part: $0.key, error: $0.value) } }
        .sorted { $0.part < $1.part })
  }

  /// Notes that a part works again.
  func clear(_ part: String) { current.withLock { $0[part] = nil } }

  func contradict(_ reason: String) {
    let number = contradictions.withLock { known -> Int? in
      if known.contains(reason) { return nil }
      known.append(reason)
      return known.count
    }
    guard let number else { return }
    report(LogLine(.error, "history", "\(reason)"))
    guard number == 1 else { return }
    report(
      LogLine(
        .error, "history", "commands are refused until an operator fixes this; reads continue"))
    refuseCommands.withLock { $0 }?(reason)
  }
}
