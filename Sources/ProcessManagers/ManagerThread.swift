// Runs one process manager on a thread of its own: at the start, whenever it is woken, and when its
// next due time has come. What must hold: after `stop()` it does not run any more.

public import EventSourcing
import Threading

/// The thread of one process manager.
public final class ManagerThread: Sendable {
  private struct State {
    var isWoken = true
    var isStopping = false
  }

  private let manager: any ProcessManager
  private let clock: @Sendable () -> Timestamp
  private let onResult: @Sendable ((any Error)?) -> Void
  private let state = Monitor(State())
  private let thread = Monitor<WorkerThread?>(nil)

  /// The machine's clock may be set, which no signal reports, and a hold may expire at most one
  /// minute late (H2).
  private static let waitMax = Duration.seconds(30)

  /// How long after a failure it runs again.
  private static let retryMicroseconds = Int64(1_000_000)

  /// - Parameter onResult: called after each run, with the error where there was one.
  public init(
    _ manager: any ProcessManager, clock: @escaping @Sendable () -> Timestamp,
    onResult: @escaping @Sendable ((any Error)?) -> Void
  ) {
    self.manager = manager
    self.clock = clock
    self.onResult = onResult
  }

  public func start() {
    let running = WorkerThread(name: manager.name, priority: .nice(5)) { self.runUntilStopped() }
    thread.withLock { $0 = running }
  }

  /// Makes it run, once more if it runs already.
  public func wake() { state.update { $0.isWoken = true } }

  /// Returns when the manager does not run and will not.
  public func stop() {
    state.update { $0.isStopping = true }
    thread.withLock { $0 }?.join()
  }

  private func runUntilStopped() {
    var due: Timestamp? = clock()
    while true {
      let (isWoken, isStopping) = state.wait(
        upTo: due.map(waitingTime), until: { $0.isWoken || $0.isStopping },
        then: { state in
          defer { state.isWoken = false }
          return (state.isWoken, state.isStopping)
        })
      if isStopping { return }
      guard isWoken || due.map({ $0 <= clock() }) == true else { continue }
      do {
        due = try manager.run()
        onResult(nil)
      } catch {
        due = Timestamp(microseconds: clock().microseconds + Self.retryMicroseconds)
        onResult(error)
      }
    }
  }

  private func waitingTime(until due: Timestamp) -> Duration {
    min(Self.waitMax, max(.zero, .microseconds(due.microseconds - clock().microseconds)))
  }
}
