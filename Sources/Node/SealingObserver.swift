// Forwards the reports of the log's sealer to parts that are created after the log was opened.

import EventLog
import EventSourcing
import Service
import Synchronization

final class SealingObserver: Sendable {
  private let report: @Sendable (LogLine) -> Void
  private let call = Mutex<(@Sendable () -> Void)?>(nil)

  init(report: @escaping @Sendable (LogLine) -> Void) { self.report = report }

  func onSuccess(_ call: @escaping @Sendable () -> Void) { self.call.withLock { $0 = call } }

  func observe(_ result: Result<SealingReport, LogError>) {
    switch result {
    case .success: call.withLock { $0 }?()
    case .failure(let error):
      report(
        LogLine(
          .warning, "sealing",
          "a full segment could not be sealed; it stays as it is until the next start: \(error)"))
    }
  }
}

extension RecoveryReport {
  /// The messages to the operator.
  var sentences: [String] {
    var sentences: [String] = []
    if let cut {
      let kept = keptCut.map { "; its bytes are in \($0)" } ?? ""
      sentences.append(
        "cut off an unfinished write at the end, as a crash leaves it: \(cut)\(kept)")
    }
    if case .rebuilt(let reason) = index, commits > 0 {
      sentences.append("rebuilt the log's index: \(reason)")
    }
    return sentences
  }
}
