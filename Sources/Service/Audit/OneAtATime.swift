// Work that is too heavy to be done for several requests at once.

import Synchronization

/// Lets one piece of work run at a time, and refuses others meanwhile.
package final class OneAtATime: Sendable {
  private let isBusy = Atomic(false)

  package init() {}

  /// - Returns: whether nothing else is being done, so that the work may begin.
  package func begin() -> Bool { !isBusy.exchange(true, ordering: .acquiring) }

  package func end() { isBusy.store(false, ordering: .releasing) }

  /// - Returns: `nil`, without doing the work, while another is being done.
  func run<R>(_ work: () throws -> R) rethrows -> R? {
    guard begin() else { return nil }
    defer { end() }
    return try work()
  }
}
