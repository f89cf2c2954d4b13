// When sealing rests.

import EventSourcing
import Testing

@testable import EventLog

struct `The pace of sealing` {
  @Test func `needs a beginning`() {
    #expect(SealingPace().rest(at: Ordinal(1_000_000)) == .zero)
  }

  @Test func `is not slowed by a few commits`() {
    var pace = SealingPace()
    pace.goOn(at: Ordinal(7))
    #expect(pace.rest(at: Ordinal(7)) == .zero)
  }

  @Test func `is a tenth of the time while many come in`() {
    var pace = SealingPace()
    let begin = ContinuousClock.now
    pace.goOn(at: Ordinal(7))
    let rest = pace.rest(at: Ordinal(1_000_000_000_000))
    #expect(rest > .zero)
    #expect(rest <= begin.duration(to: .now) * 9)
  }
}
