// What a pass over a log keeps of each tenant.

import EventSourcing
import Synchronization
import Threading

/// One part for each tenant, made when the tenant's first commit comes.
final class TenantParts<Part> {
  private var parts: [TenantID: Part] = [:]
  private let make: (TenantID) -> Part
  private let queue = SerialQueue(name: "replay of tenants")
  private let failure = FirstFailure()

  init(_ make: @escaping (TenantID) -> Part) { self.make = make }

  subscript(tenant: TenantID) -> Part {
    if let part = parts[tenant] { return part }
    let part = make(tenant)
    parts[tenant] = part
    return part
  }

  /// Hands commits to the parts of their tenants: those of one tenant in their order, those of
  /// several side by side, since no part knows of another.
  ///
  /// It returns when the commits handed over before have been replayed, so that the next ones are
  /// read while these are replayed; ``finish()`` waits for them.
  ///
  /// - Throws: the error of the first commit, in the log's order, of those handed over before.
  func replay(
    _ commits: [DecodedCommit],
    _ append: @escaping @Sendable (Part, DecodedCommit) throws -> Void
  ) throws {
    var byTenant: [TenantID: [DecodedCommit]] = [:]
    for commit in commits { byTenant[commit.tenant, default: []].append(commit) }
    try finish()
    // Each index is used by one thread only.
    nonisolated(unsafe) let work = byTenant.map { (part: self[$0.key], commits: $0.value) }
    queue.run { [failure] in
      concurrently(work.count) { index in
        for commit in work[index].commits {
          do { try append(work[index].part, commit) } catch {
            return failure.note(error, at: commit.ordinal)
          }
        }
      }
    }
  }

  /// Waits until everything that was handed over has been replayed.
  ///
  /// - Throws: the error of the first commit, in the log's order, that could not be.
  func finish() throws {
    queue.finish()
    try failure.check()
  }

  /// Calls a body with each part, with several side by side, when nothing is replayed any more.
  ///
  /// - Throws: one of the body's errors, or that of a commit that could not be replayed.
  func visit(_ body: @Sendable (Part) throws -> Void) throws {
    try finish()
    // Each index is used by one thread only.
    nonisolated(unsafe) let all = Array(parts.values)
    let failure = Mutex<(any Error)?>(nil)
    concurrently(all.count) { index in
      do { try body(all[index]) } catch { failure.withLock { $0 = error } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// In the order of their names.
  var inOrder: [(tenant: TenantID, part: Part)] {
    parts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

/// The error of the commit that comes first in the log, of those that several threads note.
private final class FirstFailure: Sendable {
  private let first = Mutex<(ordinal: Ordinal, error: any Error)?>(nil)

  func note(_ error: any Error, at ordinal: Ordinal) {
    first.withLock {
      if let found = $0, found.ordinal < ordinal { return }
      $0 = (ordinal, error)
    }
  }

  func check() throws {
    if let first = first.withLock({ $0 }) { throw first.error }
  }
}
