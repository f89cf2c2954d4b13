// What a queue promises about order, threads and its end.

import Testing
import Threading

struct `A serial queue` {
  @Test func `runs its work in order, on a thread`() {
    let queue = SerialQueue(name: "test")
    let ran = Monitor<[Int]>([])
    for number in 0..<1_000 { queue.run { ran.update { $0.append(number) } } }
    queue.finish()
    #expect(ran.withLock { $0 } == Array(0..<1_000))
  }

  @Test(.timeLimit(.minutes(1))) func `waits for what came before`() {
    let queue = SerialQueue(name: "test")
    let gate = Monitor(false)
    let end = Monitor(0)
    queue.run { end.update { $0 = 1 } }
    queue.finish()
    #expect(end.withLock { $0 } == 1)
    queue.run { gate.wait(until: { $0 }) }
    queue.run { end.update { $0 = 2 } }
    #expect(end.withLock { $0 } == 1)
    gate.update { $0 = true }
    end.wait(until: { $0 == 2 })
  }

  @Test(.timeLimit(.minutes(1))) func `does what was handed over also when it is given up`() {
    let ran = Monitor(0)
    do {
      let queue = SerialQueue(name: "test")
      for _ in 0..<10 { queue.run { ran.update { $0 += 1 } } }
    }
    ran.wait(until: { $0 == 10 })
  }
}
