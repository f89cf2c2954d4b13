// Asynchronous work runs on the thread that asks for it, to its end.

import Foundation
import Testing
import Threading

struct CallingThreadTests {
  private struct Refusal: Error {}

  @Test func `work and what it awaits run on the thread that waits for it`() throws {
    let thread = pthread_self()
    let isHere = try CallingThread.run {
      var isHere = [pthread_equal(pthread_self(), thread) != 0]
      for _ in 0..<3 {
        await Task.yield()
        isHere.append(pthread_equal(pthread_self(), thread) != 0)
      }
      return isHere
    }
    #expect(isHere == [true, true, true, true])
  }

  @Test func `what the work throws is thrown`() {
    #expect(throws: Refusal.self) { try CallingThread.run { throw Refusal() } }
  }
}
