// The asynchronous work of paying refunds, whose end a test can wait for.

import ProcessManagers
import Synchronization

/// Runs work on an executor of its own and counts what has not ended.
final class PaymentWork: Sendable {
  private struct State {
    var count = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let executor = ManagerExecutor(name: "redress.payments")
  private let state = Mutex(State())

  /// Whether no work is in progress.
  var isIdle: Bool { state.withLock { $0.count == 0 } }

  func carryOut(_ work: @escaping @Sendable () async -> Void) {
    state.withLock { $0.count += 1 }
    executor.carryOut { [self] in
      await work()
      end()
    }
  }

  private func end() {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.count -= 1
      guard state.count == 0 else { return [] }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until no work is in progress.
  func finish() async {
    await withCheckedContinuation { waiter in
      let isIdle = state.withLock { state in
        if state.count > 0 { state.waiters.append(waiter) }
        return state.count == 0
      }
      if isIdle { waiter.resume() }
    }
  }
}
