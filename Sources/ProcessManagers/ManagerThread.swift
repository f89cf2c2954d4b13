// Runs one process manager on its own thread: at the start, on each wake, and at its next due time.
// What must hold: it does not run after `stop()`.

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
  /// Whether no run may begin now.
  private let isHeld: @Sendable () -> Bool
  private let onResult: @Sendable ((any Error)?) -> Void
  private let state = Monitor(State())
  private let thread = Monitor<WorkerThread?>(nil)

  /// The machine's clock may be set, which no signal reports, and a hold may expire at most one
  /// minute late (H2).
  private static let waitMax = Duration.seconds(30)

  /// The delay before the next run while runs have to wait.
  private static let heldTime = Duration.seconds(1)

  /// - Parameters:
  ///   - isHeld: whether runs have to wait, for a manager that waits for the clock.
  ///   - onResult: called after each run, with the error of a failed one.
  public init(
    _ manager: any ProcessManager, clock: @escaping @Sendable () -> Timestamp,
    isHeld: @escaping @Sendable () -> Bool = { false },
    onResult: @escaping @Sendable ((any Error)?) -> Void
  ) {
    self.manager = manager
    self.clock = clock
    self.isHeld = isHeld
    self.onResult = onResult
  }

  public func start() {
    let running = WorkerThread(name: manager.name, priority: .nice(5)) { self.runUntilStopped() }
    thread.withLock { $0 = running }
  }

  /// Requests a run; during a run, requests another one after it.
  public func wake() { state.update { $0.isWoken = true } }

  /// Stops the manager and returns when its last run has ended.
  public func stop() {
    state.update { $0.isStopping = true }
    manager.stop()
    thread.withLock { $0 }?.join()
  }

  private func runUntilStopped() {
    var due: Timestamp? = clock()
    var retries = BackOff()
    while true {
      let (isWoken, isStopping) = state.wait(
        upTo: due.map(waitingTime), until: { $0.isWoken || $0.isStopping },
        then: { state in
          defer { state.isWoken = false }
          return (state.isWoken, state.isStopping)
        })
      if isStopping { return }
      guard isWoken || due.map({ $0 <= clock() }) == true else { continue }
      if manager.waitsForClock, isHeld() {
        due = time(after: Self.heldTime)
        continue
      }
      do {
        due = try manager.run()
        retries.reset()
        onResult(nil)
      } catch {
        due = time(after: retries.next())
        onResult(error)
      }
    }
  }

  private func time(after wait: Duration) -> Timestamp {
    Timestamp(microseconds: clock().microseconds + wait.components.seconds * 1_000_000)
  }

  private func waitingTime(until due: Timestamp) -> Duration {
    min(Self.waitMax, max(.zero, .microseconds(due.microseconds - clock().microseconds)))
  }
}
