// How often a batch of commands reads the clock that cannot be set, and that a jump in its middle
// is seen all the same.

import EventSourcing
import Synchronization
import Testing

@testable import CommandHandling

struct `The clock of a batch` {
  /// Both clocks in microseconds, and how often the second one was read.
  private final class Clocks: Sendable {
    let values = Mutex((time: Int64(1_768_557_600_000_000), boot: Int64(0), readCount: 0))

    func guarded() -> GuardedClock {
      GuardedClock(
        time: { [self] in Timestamp(microseconds: values.withLock { $0.time }) },
        sinceBoot: { [self] in
          values.withLock {
            $0.readCount += 1
            return $0.boot
          }
        })
    }

    func pass(_ microseconds: Int64, set: Int64 = 0) {
      values.withLock {
        $0.time += microseconds + set
        $0.boot += microseconds
      }
    }

    var readCount: Int { values.withLock { $0.readCount } }
  }

  @Test func `reads the second clock once for a second of commands`() throws {
    let clocks = Clocks()
    let clock = clocks.guarded()
    let before = clocks.readCount
    var batch = BatchClock(clock)
    for _ in 0...1_000 {
      #expect(try batch.now().microseconds == clocks.values.withLock { $0.time })
      clocks.pass(1_000)
    }
    #expect(clocks.readCount == before + 1)
    _ = try batch.now()
    #expect(clocks.readCount == before + 2, "more than a second has passed")
  }

  @Test(arguments: [3_600, -3_600] as [Int64])
  func `sees a jump between two commands of it, and its end`(seconds: Int64) throws {
    let clocks = Clocks()
    var batch = BatchClock(clocks.guarded())
    _ = try batch.now()
    clocks.pass(10, set: seconds * 1_000_000)
    let jump = #expect(throws: ClockJump.self) { try batch.now() }
    #expect(jump?.kind == (seconds > 0 ? .setForward : .setBack))
    clocks.pass(10, set: -seconds * 1_000_000)
    #expect(try batch.now().microseconds == 1_768_557_600_000_020)
  }
}
