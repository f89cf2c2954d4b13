// Reports the errors of a running node's parts, by the class that `ErrorClass` gives them. What
// must hold: a passing error is said once while it lasts, counted each time, and shown until the
// part works again; a contradiction stays until the next start.

import ErrorClasses
import EventSourcing
import Service
import Synchronization

/// What does not work in a node's parts.
final class Failures: Sendable {
  private let report: @Sendable (LogLine) -> Void
  private let onFatal: @Sendable (String) -> Void
  private let refuseCommands = Mutex<(@Sendable (String) -> Void)?>(nil)
  private let parts = Mutex<[String: Part]>([:])
  /// In the order of their coming.
  private let contradictions = Mutex<[String]>([])

  private struct Part {
    /// Since the process started.
    var failureCount = 0
    /// What lasts; `nil` while the part works.
    var error: String?
    var isRefusingCommands = false
    /// What was said since it worked last.
    var said: Set<String> = []
  }

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

  /// Handles an error of a part that tries again.
  ///
  /// - Parameter isRefusingCommands: whether commands are refused until it works.
  func note(_ error: any Error, of part: String, isRefusingCommands: Bool = false) {
    if ErrorClass(of: error) == .contradiction { return contradict("\(error)") }
    let message = "\(error)"
    let isNew = parts.withLock { parts in
      parts[part, default: Part()].failureCount += 1
      parts[part, default: Part()].error = message
      parts[part, default: Part()].isRefusingCommands = isRefusingCommands
      return parts[part, default: Part()].said.insert(message).inserted
    }
    if isNew { report(LogLine(.warning, part, "failed; will retry: \(message)")) }
  }

  /// Handles the errors of one attempt of a part; without any, it works again.
  func note(_ errors: [any Error], of part: String) {
    for error in errors { note(error, of: part) }
    if errors.allSatisfy({ ErrorClass(of: $0) == .contradiction }) { clear(part) }
  }

  /// Notes that a part works again.
  func clear(_ part: String) {
    let hasFailed = parts.withLock { parts in
      guard parts[part]?.error != nil else { return false }
      parts[part]?.error = nil
      parts[part]?.said = []
      return true
    }
    if hasFailed { report(LogLine(.info, part, "works again")) }
  }

  /// What does not work now, and how often each part has failed.
  var health: Health {
    let parts = parts.withLock { $0 }.sorted { $0.key < $1.key }
    return Health(
      refusal: contradictions.withLock { $0.first },
      failing: parts.compactMap { name, part in
        part.error.map {
          Health.Failing(part: name, error: $0, isRefusingCommands: part.isRefusingCommands)
        }
      },
      failureCounts: parts.map { ($0.key, $0.value.failureCount) })
  }

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
