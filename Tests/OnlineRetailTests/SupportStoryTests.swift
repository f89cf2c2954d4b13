// Made-up support stories: the same for the same seed, about real orders, and never in the refunds'
// way.

import JSON
import Testing

@testable import OnlineRetail

@Suite struct `support stories` {
  private func month() throws -> SalesHistory { try SalesHistory(path: RealFile.month) }

  @Test func `are the same for the same seed and others for another`() throws {
    let history = try month()
    let stories = SupportStory.all(of: history, seed: 7)
    #expect(stories == SupportStory.all(of: history, seed: 7))
    #expect(stories != SupportStory.all(of: history, seed: 8))
    for kind in SupportStory.Kind.allCases {
      #expect(stories.contains { $0.kind == kind }, "nothing of \(kind)")
    }
  }

  @Test func `touch the money only of orders that nothing is taken back of`() throws {
    let history = try month()
    let takenBack = Set(history.requests.map(\.order))
    for seed in UInt64(0)..<20 {
      for story in SupportStory.all(of: history, seed: seed) {
        let order = history.orders[story.order]
        #expect(order.customer != nil && story.time > order.time)
        guard story.kind == .hold || story.kind == .chargeback else { continue }
        #expect(!takenBack.contains(order.number))
      }
    }
  }

  @Test func `leave every other command as it is`() throws {
    let history = try month()
    func lines(_ stories: [SupportStory]) -> [String] {
      CommandBatches(history, stories: stories).flatMap {
        String(decoding: $0.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      }
    }
    let stories = SupportStory.all(of: history, seed: 7)
    let mixed = lines(stories)
    let own = ["story", "message", "hold", "chargeback", "work"]
    let plain = mixed.filter { line in !own.contains { line.hasPrefix("{\"id\":\"\($0)-") } }
    // The import is another one, by its length.
    let beginning = plain.firstIndex { $0.contains("BeginImport") }
    #expect(beginning == 1)
    let others = lines([])
    #expect(plain.count == others.count && plain[0] == others[0] && plain[2...] == others[2...])
    var ids: Set<String> = []
    for line in mixed {
      let command = try JSONValue(parsing: Array(line.utf8))
      let (isNew, id) = ids.insert(try #require(command["id"]?.string))
      #expect(isNew, "\(id)")
    }
    #expect(mixed.count > plain.count + 4 * stories.count)
  }
}
