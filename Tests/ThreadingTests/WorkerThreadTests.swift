import Testing
import Threading

/// Threads that end when they say so, and monitors that wake what waits.
@Suite struct WorkerThreadTests {
  private final class Captured: Sendable {
    let released: Monitor<Bool>
    init(released: Monitor<Bool>) { self.released = released }
    deinit { released.update { $0 = true } }
  }

  @Test(arguments: [WorkerThread.Priority.normal, .nice(5), .idle])
  func `when a thread was joined, its body has run and released what it captured`(
    priority: WorkerThread.Priority
  ) {
    let released = Monitor(false)
    let hasRun = Monitor(false)
    let thread: WorkerThread
    do {
      let captured = Captured(released: released)
      thread = WorkerThread(name: "a name of more than fifteen bytes", priority: priority) {
        withExtendedLifetime(captured) { hasRun.update { $0 = true } }
      }
    }
    thread.join()
    thread.join()
    #expect(hasRun.withLock { $0 })
    #expect(released.withLock { $0 })
  }

  @Test func `a thread knows itself, and no other thread is it`() {
    let isCurrent = Monitor<Bool?>(nil)
    let thread = Monitor<WorkerThread?>(nil)
    let worker = WorkerThread(name: "self") {
      let own = thread.wait(until: { $0 != nil }, then: { $0! })
      isCurrent.update { $0 = own.isCurrent }
    }
    thread.update { $0 = worker }
    #expect(!worker.isCurrent)
    worker.join()
    #expect(isCurrent.withLock { $0 } == true)
    #expect(!worker.isCurrent)
    thread.update { $0 = nil }
  }

  @Test func `threads wait for each other's turns`() {
    let turn = Monitor(0)
    let threads = (0..<2).map { number in
      WorkerThread(name: "turn \(number)") {
        for _ in 0..<500 {
          turn.wait(until: { $0 % 2 == number }, then: { $0 += 1 })
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(turn.withLock { $0 } == 1000)
  }

  @Test func `a wait ends when its time is up, with the state as it is`() {
    let never = Monitor(7)
    let value = never.wait(upTo: .milliseconds(20), until: { $0 == 8 }, then: { $0 })
    #expect(value == 7)
  }
}
