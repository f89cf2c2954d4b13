// Long bodies of commands: their parsing, and the writing of their answers. What must hold: one
// piece of such work runs at a time, and gets a smaller share of a busy processor than the threads
// that decide, write and answer, so that many commands of one caller do not delay another's few.

import Threading

/// Runs work one piece after another on a thread of its own, which ends when nothing is left.
final class BulkThread: Sendable {
  private struct State {
    /// In order.
    var waiting: [@Sendable () -> Void] = []
    var isRunning = false
  }

  private let state = Monitor(State())

  func run(_ work: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { state in
      state.waiting.append(work)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard isFirst else { return }
    _ = WorkerThread(name: "bulk commands", priority: .nice(5)) { [self] in
      while let work = next() { work() }
    }
  }

  /// - Returns: `nil` where nothing is left; then the next piece needs another thread.
  private func next() -> (@Sendable () -> Void)? {
    state.withLock { state in
      state.isRunning = !state.waiting.isEmpty
      return state.isRunning ? state.waiting.removeFirst() : nil
    }
  }
}
