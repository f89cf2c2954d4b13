// Long bodies of commands: their parsing, and the writing of their answers. What must hold: one
// piece of such work runs at a time, and gets a smaller share of a busy processor than the threads
// that decide, write and answer, so that many commands of one caller do not delay another's few;
// and no request needs a thread that the system could refuse.

import Threading

/// Runs work one piece after another on a thread of its own, which ends with this object.
final class BulkThread: Sendable {
  private struct State {
    /// In order.
    var waiting: [@Sendable () -> Void] = []
    var isClosed = false

    mutating func next() -> (@Sendable () -> Void)? {
      waiting.isEmpty ? nil : waiting.removeFirst()
    }
  }

  private let state = Monitor(State())

  init() {
    // It does not keep this object, so that it ends with it.
    _ = WorkerThread(name: "bulk commands", priority: .nice(5)) { [state] in
      while let work = state.wait(
        until: { !$0.waiting.isEmpty || $0.isClosed }, then: { $0.next() })
      { work() }
    }
  }

  deinit { state.update { $0.isClosed = true } }

  func run(_ work: @escaping @Sendable () -> Void) { state.update { $0.waiting.append(work) } }
}
