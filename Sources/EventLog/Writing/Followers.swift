// The durable end of the log, and how readers learn of it: by waiting, or by a callback.

internal import EventSourcing
internal import Threading

/// A registered callback for new commits.
public struct AppendObservation: Sendable {
  let number: Int
  let followers: Followers

  /// Ends the callbacks; one may still be running.
  public func cancel() { followers.remove(number) }
}

/// The durable end, and its waiting threads and callbacks.
final class Followers: Sendable {
  private struct State {
    var end: Ordinal
    var isStopped = false
    var observers: [Int: @Sendable (Ordinal) -> Void] = [:]
    var nextNumber = 0
  }

  private let state: Monitor<State>

  init(end: Ordinal) { state = Monitor(State(end: end)) }

  var end: Ordinal { state.withLock { $0.end } }

  /// Makes commits below `end` public.
  func advance(to end: Ordinal) { state.update { $0.end = end } }

  /// Calls the observers with the durable end.
  func notify() {
    let (end, observers) = state.withLock { ($0.end, Array($0.observers.values)) }
    for observer in observers { observer(end) }
  }

  /// Wakes all waiting threads, which then return.
  func stop() { state.update { $0.isStopped = true } }

  /// Waits until the log reaches beyond `ordinal`, is stopped, or the time is up.
  func wait(after ordinal: Ordinal, timeout: Duration?) -> Ordinal {
    state.wait(upTo: timeout, until: { $0.end > ordinal || $0.isStopped }, then: { $0.end })
  }

  func add(_ observer: @escaping @Sendable (Ordinal) -> Void) -> AppendObservation {
    let number = state.withLock { state in
      state.nextNumber += 1
      state.observers[state.nextNumber] = observer
      return state.nextNumber
    }
    return AppendObservation(number: number, followers: self)
  }

  func remove(_ number: Int) { state.withLock { _ = $0.observers.removeValue(forKey: number) } }
}
