// When process managers run: at the start, when they are woken, when their time has come; and never
// behind one another.

import EventSourcing
import ProcessManagers
import Projecting
import Synchronization
import Testing
import Threading

/// Counts its runs; what a run returns is the test's.
private final class Counting: ProcessManager {
  let name: String
  let readModel: (any ReadModel.Type)? = nil
  let waitsForClock: Bool
  private let count = Monitor(0)
  private let body: @Sendable (Int) throws -> Timestamp?

  init(
    _ name: String, waitsForClock: Bool = true,
    _ body: @escaping @Sendable (Int) throws -> Timestamp? = { _ in nil }
  ) {
    self.name = name
    self.waitsForClock = waitsForClock
    self.body = body
  }

  func run() throws -> Timestamp? {
    let number = count.update {
      $0 += 1
      return $0
    }
    return try body(number)
  }

  func hasRun(times: Int) -> Bool {
    count.wait(upTo: .seconds(30), until: { $0 >= times }, then: { $0 >= times })
  }

  var runs: Int { count.withLock { $0 } }
}

struct `A process manager's thread` {
  private struct Failed: Error {}

  private func thread(
    _ manager: Counting
  ) -> ManagerThread {
    ManagerThread(manager, clock: { Timestamp(microseconds: 0) }, onResult: { _ in })
  }

  @Test func `runs it at the start and once for any number of wakes meanwhile`() {
    let isOpen = Monitor(false)
    let manager = Counting("gated") { _ in
      isOpen.wait(until: { $0 })
      return nil
    }
    let thread = thread(manager)
    thread.start()
    #expect(manager.hasRun(times: 1))
    for _ in 1...100 { thread.wake() }
    isOpen.update { $0 = true }
    #expect(manager.hasRun(times: 2))
    thread.stop()
    #expect(manager.runs == 2)
  }

  @Test func `does not wait for another one that is slow`() {
    let isOpen = Monitor(false)
    let slow = Counting("slow") { _ in
      isOpen.wait(until: { $0 })
      return nil
    }
    let quick = Counting("quick")
    let threads = [thread(slow), thread(quick)]
    for thread in threads { thread.start() }
    #expect(slow.hasRun(times: 1) && quick.hasRun(times: 1))
    for number in 2...20 {
      threads[1].wake()
      guard quick.hasRun(times: number) else {
        Issue.record("the quick one waits, after \(quick.runs) runs")
        break
      }
    }
    #expect(slow.runs == 1)
    isOpen.update { $0 = true }
    for thread in threads { thread.stop() }
  }

  @Test func `runs it again when its time has come, on the clock that was given`() {
    let now = Atomic<Int64>(0)
    let manager = Counting("timed") { number in
      // Due in the past of the clock's next reading.
      if number < 3 { now.store(Int64(number) * 10, ordering: .relaxed) }
      return number < 3 ? Timestamp(microseconds: Int64(number) * 10) : nil
    }
    let thread = ManagerThread(
      manager, clock: { Timestamp(microseconds: now.load(ordering: .relaxed)) }, onResult: { _ in })
    thread.start()
    #expect(manager.hasRun(times: 3))
    thread.stop()
    #expect(manager.runs == 3)
  }

  @Test(arguments: [true, false])
  func `waits while runs are held, for a manager that waits for the clock`(waits: Bool) {
    let now = Atomic<Int64>(0)
    let isHeld = Monitor(true)
    let manager = Counting("held", waitsForClock: waits)
    let asked = Monitor(0)
    let thread = ManagerThread(
      manager,
      clock: { Timestamp(microseconds: now.add(1_000_000, ordering: .relaxed).newValue) },
      isHeld: {
        asked.update { $0 += 1 }
        return isHeld.withLock { $0 }
      }, onResult: { _ in })
    thread.start()
    if waits {
      #expect(asked.wait(upTo: .seconds(30), until: { $0 >= 3 }, then: { $0 >= 3 }))
      #expect(manager.runs == 0)
      isHeld.update { $0 = false }
    }
    #expect(manager.hasRun(times: 1))
    thread.stop()
    #expect(waits || asked.withLock { $0 } == 0)
  }

  @Test func `runs it again a little later when it has failed`() {
    let now = Atomic<Int64>(0)
    let errors = Monitor<[Bool]>([])
    let manager = Counting("failing") { number in
      if number == 1 {
        throw Failed()
      }
      return nil
    }
    let thread = ManagerThread(
      manager,
      // Each reading is a second later.
      clock: { Timestamp(microseconds: now.add(1_000_000, ordering: .relaxed).newValue) },
      onResult: { error in errors.update { $0.append(error != nil) } })
    thread.start()
    #expect(manager.hasRun(times: 2))
    thread.stop()
    #expect(errors.withLock { $0 } == [true, false])
  }
}
