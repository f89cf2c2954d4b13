// Wakes the live feeds when the log has grown, or when their reader has left.

import EventLog
import EventSourcing
import Synchronization

/// Whether a feed's reader has left.
final class Closed: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .acquiring) }

  func set() { flag.store(true, ordering: .releasing) }
}

final class Arrivals: Sendable {
  private struct State {
    var end = Ordinal.first
    var isStopping = false
    var sleeping: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Wakes the feeds after a group commit.
  func arrived(upTo end: Ordinal) {
    wake { $0.end = max($0.end, end) }
  }

  func wakeAll() { wake { _ in } }

  /// Wakes all feeds and lets none wait again.
  func stop() { wake { $0.isStopping = true } }

  private func wake(_ change: (inout sending State) -> Void) {
    let sleeping = state.withLock { state in
      change(&state)
      defer { state.sleeping = [] }
      return state.sleeping
    }
    for continuation in sleeping { continuation.resume() }
  }

  /// Returns once there are commits from `end` on, when the reader has left, and at other wakes.
  func wait(after end: Ordinal, or closed: Closed) async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.end > end || state.isStopping || closed.isSet { return true }
        state.sleeping.append(continuation)
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  var isStopping: Bool { state.withLock { $0.isStopping } }
}
