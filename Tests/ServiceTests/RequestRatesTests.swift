// The rates of requests, on a clock that stands still until it is moved.

import Testing

@testable import Service

struct `The rate of requests` {
  private static let second: UInt64 = 1_000_000_000

  private func rates(person: Int) -> RequestRates {
    let rates = RequestRates()
    var settings = RateSettings()
    settings.person = person
    rates.apply(settings)
    return rates
  }

  @Test func `lets ten seconds' worth through at once, then one at a time`() {
    let rates = rates(person: 20)
    let taken = (0..<500).filter { _ in rates.take(1, by: .person("kim"), at: 0) == nil }
    #expect(taken.count == 200)
    #expect(rates.take(1, by: .person("kim"), at: Self.second / 20 - 1) == 1)
    #expect(rates.take(1, by: .person("kim"), at: Self.second / 20) == nil)
    #expect(rates.take(1, by: .person("kim"), at: Self.second / 20) != nil)
  }

  @Test func `never refuses who keeps to it`() {
    let rates = rates(person: 20)
    for request in 0..<10_000 as Range<UInt64> {
      #expect(rates.take(1, by: .person("kim"), at: request * Self.second / 20) == nil)
    }
  }

  @Test func `counts nobody's requests against another's`() {
    let rates = rates(person: 1)
    for _ in 0..<100 { _ = rates.take(1, by: .person("kim"), at: 0) }
    #expect(rates.take(1, by: .person("kim"), at: 0) != nil)
    for other in [
      RequestCounter.person("ann"), .service("kim"), .stranger(7, route: "/readyz"),
      .stranger(nil, route: "/readyz"), .stranger(nil, route: "/login/{link}"),
    ] {
      #expect(rates.take(1, by: other, at: 0) == nil)
    }
  }

  @Test func `says after how many seconds a burst is paid for`() throws {
    let rates = rates(person: 10)
    // More than may be saved up, at once, and only after nothing.
    #expect(rates.take(1_000, by: .person("kim"), at: 0) == nil)
    let wait = try #require(rates.take(1, by: .person("kim"), at: 0))
    #expect(rates.take(1, by: .person("kim"), at: UInt64(wait - 1) * Self.second) != nil)
    #expect(rates.take(1, by: .person("kim"), at: UInt64(wait) * Self.second) == nil)
  }

  @Test func `forgets callers whose time has passed`() {
    let rates = rates(person: 1)
    for caller in 0..<30_000 {
      _ = rates.take(1, by: .person("p\(caller)"), at: UInt64(caller) * Self.second)
    }
    #expect(rates.callerCount <= 10_001)
  }
}
