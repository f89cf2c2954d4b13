// A part that fails again and again tries more and more seldom, and never waits for long.

import Testing
import Threading

struct `Waiting before the next attempt` {
  @Test func `doubles up to a limit and begins anew after a success`() {
    var backOff = BackOff()
    #expect(!backOff.isFailing)
    #expect(
      (0..<7).map { _ in backOff.next() } == [1, 2, 4, 8, 16, 16, 16].map { .seconds($0) })
    #expect(backOff.isFailing)
    backOff.reset()
    #expect(!backOff.isFailing)
    #expect(backOff.next() == .seconds(1))
  }

  @Test func `can be as short as a test needs`() {
    var backOff = BackOff(first: .milliseconds(1), limit: .milliseconds(3))
    #expect(
      (0..<4).map { _ in backOff.next() } == [1, 2, 3, 3].map { .milliseconds($0) })
  }
}
