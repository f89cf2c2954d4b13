// What the shop's customers might have written about besides cancelling. Made up, from a seed: the
// data says who bought what and when, not what they said. The same file and seed give the same
// stories.
//
// - A story is about one order of a customer who has a number, and begins hours or days after it.
// - Stories with money in them (a payout held back, a bank that wants it back) are only about
//   orders that nothing is taken back of, so that the refunds, and their figures, stay what they
//   are.

internal import EventSourcing
internal import SeededRandom

/// One case about one order.
struct SupportStory: Equatable, Sendable {
  enum Kind: CaseIterable, Sendable {
    /// The customer asks, an agent answers.
    case question
    /// The customer complains, is asked for more, and an agent decides.
    case complaint
    /// What the seller gets of the order is kept back for a while.
    case hold
    /// The customer's bank wants the payment back.
    case chargeback
  }

  var kind: Kind
  /// The order's place among the history's orders.
  var order: Int
  var time: Timestamp
  /// Makes the words and the outcome.
  var seed: UInt64
}

extension SupportStory {
  /// One order in so many has a story.
  private static let rarity = 8

  /// The stories of a history, in the order of its orders.
  static func all(of history: SalesHistory, seed: UInt64) -> [SupportStory] {
    var random = SplitMix64(seed: seed)
    let takenBack = Set(history.requests.map(\.order))
    var stories: [SupportStory] = []
    for (index, order) in history.orders.enumerated() {
      // Asked for each order alike, so that a longer file has the same stories at its beginning.
      var own = random.split()
      guard own.oneIn(rarity), order.customer != nil else { continue }
      let kinds: [Kind] =
        takenBack.contains(order.number)
        ? [.question, .complaint]
        : [.question, .question, .question, .complaint, .complaint, .hold, .chargeback]
      let kind = own.pick(kinds)
      stories.append(
        SupportStory(
          kind: kind, order: index,
          time: order.time.advanced(byMinutes: Int.random(in: 120...10_000, using: &own)),
          seed: own.next()))
    }
    return stories
  }
}

extension Timestamp {
  func advanced(byMinutes minutes: Int) -> Timestamp {
    Timestamp(microseconds: microseconds + Int64(minutes) * 60_000_000)
  }
}
