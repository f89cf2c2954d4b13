// Rates that several nodes count together in a real Redis, which is killed, halted and started
// again. The waits between attempts are of a clock that stands still until it is moved.

import Redis
import RunningRedis
import Synchronization
import Testing

@testable import Service

/// What an operator hears, and the clock.
private final class Heard: Sendable {
  private let all = Mutex<[RedisError?]>([])
  private let passed = Mutex(Duration.zero)
  private let begin = ContinuousClock.now

  var now: ContinuousClock.Instant { begin + passed.withLock { $0 } }

  func wait(_ duration: Duration) { passed.withLock { $0 += duration } }

  func note(_ error: RedisError?) { all.withLock { $0.append(error) } }

  /// How many failures, and how often it works again.
  var counts: [Int] {
    all.withLock { all in [all.count { $0 != nil }, all.count { $0 == nil }] }
  }
}

@Suite(.enabled(if: RunningRedis.isInstalled, "\(RunningRedis.remedy)"))
struct `Rates in Redis` {
  private let redis: RunningRedis
  private let heard = Heard()

  init() throws { redis = try RunningRedis() }

  /// - Parameter timeLimit: longer than a busy machine makes an answer take.
  private func node(person: Int = 1, timeLimit: Duration = .seconds(10)) -> RequestRates {
    let rates = RequestRates(
      timeLimit: timeLimit,
      now: { [heard] in heard.now }, onShared: { [heard] in heard.note($0) })
    rates.apply(settings(person: person))
    return rates
  }

  private func settings(person: Int = 1, isShared: Bool = true) -> RateSettings {
    var settings = RateSettings()
    settings.person = person
    settings.redis = isShared ? redis.address : nil
    return settings
  }

  private func taken(_ count: Int, of nodes: [RequestRates], by name: String = "kim") -> Int {
    (0..<count).count { nodes[$0 % nodes.count].take(1, by: .person(name)) == nil }
  }

  @Test func `are those of one caller at two nodes, and of no other caller`() throws {
    let nodes = [node(), node()]
    // Ten seconds' worth; a slow machine may earn a few more meanwhile.
    #expect((10...15).contains(taken(40, of: nodes)))
    for node in nodes {
      let wait = try #require(node.take(1, by: .person("kim")))
      #expect((1...2).contains(wait))
      #expect(node.take(1, by: .person("ann")) == nil)
      #expect(node.take(1, by: .service("kim")) == nil)
      #expect(node.take(1, by: .stranger(nil, route: "/readyz")) == nil)
    }
    #expect(nodes[0].callerCount == 0, "nothing is counted twice")
    #expect(heard.counts == [0, 0])
  }

  @Test func `let a burst through once, which is paid for before the next request`() throws {
    let nodes = [node(), node()]
    #expect(nodes[0].take(100, by: .person("kim")) == nil)
    let wait = try #require(nodes[1].take(1, by: .person("kim")))
    #expect((85...92).contains(wait))
    #expect(nodes[1].take(0, by: .person("kim")) == nil)
  }

  @Test func `leave nothing in Redis when requests are paid for`() throws {
    let node = node(person: 20)
    #expect(node.take(1, by: .person("kim")) == nil)
    let connection = try RedisConnection(to: redis.address, timeLimit: .seconds(5))
    let reply = try connection.send(["PTTL", "redress:rate:person:kim"])
    guard case .integer(let left) = reply else {
      throw RedisError(unexpected: reply, from: connection)
    }
    #expect(left == -2 || (0...50).contains(left))
  }

  @Test func `go on in each process while Redis is gone, and together when it is back`() throws {
    let nodes = [node(), node()]
    #expect((10...15).contains(taken(40, of: nodes)))
    redis.kill()
    #expect((20...30).contains(taken(80, of: nodes)), "ten at each")
    #expect(heard.counts == [2, 0], "each node says it once")
    try redis.start()
    #expect(nodes[0].take(1, by: .person("kim")) != nil, "not yet")
    heard.wait(.seconds(1))
    #expect((10...15).contains(taken(40, of: nodes, by: "ann")))
    #expect(heard.counts == [2, 2], "each node says it once")
  }

  @Test func `do not wait for a halted Redis but once in a while`() {
    let node = node(person: 1_000, timeLimit: .seconds(1))
    #expect(node.take(1, by: .person("kim")) == nil)
    redis.halt()
    defer { redis.proceed() }
    let duration = ContinuousClock().measure {
      for _ in 0..<1_000 { #expect(node.take(1, by: .person("kim")) == nil) }
    }
    #expect(duration < .seconds(10), "one time limit, not 1,000")
    #expect(heard.counts == [1, 0])
    for (failures, seconds) in [(2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 16)] {
      for _ in 0..<2 { #expect(node.take(1, by: .person("kim")) == nil) }
      #expect(heard.counts == [failures - 1, 0])
      heard.wait(.seconds(seconds))
      for _ in 0..<2 { #expect(node.take(1, by: .person("kim")) == nil) }
      #expect(heard.counts == [failures, 0])
    }
  }

  @Test func `are counted in the process again where the settings say so`() {
    let node = node()
    redis.kill()
    #expect(node.isShared && node.take(1, by: .person("kim")) == nil)
    node.apply(settings(isShared: false))
    #expect(!node.isShared)
    #expect(heard.counts == [1, 1], "what is no longer used does not fail")
  }
}
