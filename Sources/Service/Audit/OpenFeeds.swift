// How many feeds are open. What must hold: each is given back however it ends, and one caller's
// leave room for another's, since each holds a reader of the log with a file and a frame.

import EventSourcing
import Routing
import Synchronization

/// Counts the feeds of each caller.
final class OpenFeeds: Sendable {
  /// Of one caller.
  let callerCountMax: Int
  /// Of all callers.
  let countMax: Int

  private let counts = Mutex<[PrincipalName: Int]>([:])

  /// - Parameter countMax: of all callers; one has an eighth of them.
  init(countMax: Int) {
    self.countMax = countMax
    callerCountMax = max(1, countMax / 8)
  }

  /// Counts a feed until what is returned is gone.
  ///
  /// - Throws: ``Problem`` 429 where there are too many.
  func open(by name: PrincipalName) throws(Problem) -> Place {
    let own = counts.withLock { counts -> Int? in
      let own = counts[name] ?? 0
      let all = counts.values.reduce(0, +)
      guard own < callerCountMax, all < countMax else { return own }
      counts[name] = own + 1
      return nil
    }
    guard let own else { return Place(of: name, in: self) }
    throw Problem(
      .tooManyRequests,
      detail: "\(name) has \(own) feeds open, of at most \(callerCountMax), and all callers have "
        + "at most \(countMax). End one first.", retryAfterSeconds: 30)
  }

  private func close(_ name: PrincipalName) {
    counts.withLock { counts in
      let left = (counts[name] ?? 1) - 1
      counts[name] = left == 0 ? nil : left
    }
  }

  /// One open feed.
  final class Place: Sendable {
    private let name: PrincipalName
    private let feeds: OpenFeeds

    fileprivate init(of name: PrincipalName, in feeds: OpenFeeds) {
      (self.name, self.feeds) = (name, feeds)
    }

    deinit { feeds.close(name) }
  }
}
