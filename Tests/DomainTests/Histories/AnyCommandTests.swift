// Any command, on any state: there is a decision or a refusal that names its rule,
// the same one each time, and every event that was decided is accepted. Never a crash, never a
// wrong sum.

import Domain
import EventSourcing
import Events
import SeededRandom
import Testing

struct AnyCommandTests {
  static let partCount = 20
  static let historyCount = 100
  static let stepCount = 300
  static let actors: [Actor] = [admin, admin, admin, agent, customer, provider, "service/shop"]
  static let times: [Timestamp] = [
    noon, noon, "2026-01-19T23:59:59Z", "2026-03-01T00:00:00Z", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
  ]

  @Test(arguments: 0..<partCount)
  func `any command on any state is decided or refused, and nothing crashes`(part: Int) throws {
    let anyCommand = try AnyCommand()
    let seed = UInt64(4_217_000 + part * Self.historyCount)
    print("any commands: seeds \(seed) to \(seed + UInt64(Self.historyCount) - 1)")
    var seen: [String: Int] = [:]
    var wellFormed = 0
    for number in 0..<UInt64(Self.historyCount) {
      var history = AnyHistory(seed: seed + number)
      for _ in 0..<Self.stepCount {
        guard let command = try? anyCommand(&history.random) else { continue }
        wellFormed += 1
        seen[command.type, default: 0] += 1
        history.submit(command)
      }
    }
    #expect(Set(seen.keys) == Set(Command.types))
    #expect(wellFormed > Self.historyCount * Self.stepCount * 9 / 10)
  }
}

/// A tenant to whom anything may happen.
struct AnyHistory {
  let seed: UInt64
  var random: SplitMix64
  var story: Story

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
    let statuses = Refund.Status.allCases
    let begins: [[Event]] = [acme(), open, refund(in: statuses[Int(seed) % statuses.count])]
    story = given(begins[Int(seed) % begins.count])
  }

  mutating func submit(_ command: Command) {
    let actor = AnyCommandTests.actors.randomElement(using: &random) ?? admin
    let now = AnyCommandTests.times.randomElement(using: &random) ?? noon
    let facts = story.facts(actor, now)
    do {
      try checkTenant(command, facts: facts)
      try authorize(command, facts: facts)
      let decision = try command.decide(in: story, facts: facts)
      guard case .events(let events) = decision else { return }
      #expect(try command.decide(in: story, facts: facts) == decision, "seed \(seed): \(command)")
      for event in events { try story.fold(event) }
      for order in story.orders.values { check(order, after: command) }
    } catch let rejection as any Rejection {
      #expect((1...64).contains(rejection.rule.utf8.count), "seed \(seed)")
      #expect((1...16_384).contains(rejection.detail.utf8.count), "seed \(seed)")
    } catch {
      Issue.record("seed \(seed): \(command): \(error)")
    }
  }

  private func check(_ order: Order, after command: Command) {
    func holds(_ balance: RefundableBalance) -> Bool {
      balance.captured
        == balance.executed + balance.reserved + balance.disputed + balance.refundable
        && min(balance.executed, balance.reserved, balance.disputed, balance.refundable) >= 0
    }
    #expect(
      holds(order.balance) && order.payments.map(\.balance).allSatisfy(holds)
        && order.balance.captured <= order.total && order.total <= 9_007_199_254_740_991,
      "seed \(seed): \(order.balance) after \(command)")
  }
}
