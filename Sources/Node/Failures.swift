// The one place that decides what an error of a running part means.
//
// - *Fatal*: a write to the log failed, or a command could not be decided or an erasure carried out
//   as the history demands. Nothing in doubt was acknowledged; the process ends.
// - *Contradiction*: the history does not extend what was signed. Every command is refused until an
//   operator has settled it; reading goes on.
// - *Passing*: a full disk, a provider that is down, a file that cannot be read. The part tries
//   again; the error is reported once, and again when it is another one.

import Synchronization
import Transparency

/// Judges and reports the errors of a node's parts.
final class Failures: Sendable {
  private let report: @Sendable (String) -> Void
  private let onFatal: @Sendable (String) -> Void
  private let refuseCommands = Mutex<(@Sendable (String) -> Void)?>(nil)
  /// By part, what was reported last and has not passed.
  private let current = Mutex<[String: String]>([:])

  init(
    report: @escaping @Sendable (String) -> Void, onFatal: @escaping @Sendable (String) -> Void
  ) {
    self.report = report
    self.onFatal = onFatal
  }

  /// - Parameter refuse: makes commands be refused, for a reason.
  func onContradiction(_ refuse: @escaping @Sendable (_ reason: String) -> Void) {
    refuseCommands.withLock { $0 = refuse }
  }

  func end(because error: any Error) { onFatal("\(error)") }

  /// An error of a part that tries again.
  func note(_ error: any Error, of part: String) {
    if error is CheckpointRefusal { return contradict("\(error)") }
    let message = "\(error)"
    let isNew = current.withLock { current in
      defer { current[part] = message }
      return current[part] != message
    }
    if isNew { report("\(part) failed; will retry: \(message)") }
  }

  /// A part works again.
  func clear(_ part: String) { current.withLock { $0[part] = nil } }

  func contradict(_ reason: String) {
    report(reason)
    report("commands are refused until this is settled; reading goes on")
    refuseCommands.withLock { $0 }?(reason)
  }
}
