// What a pass over a log keeps of each tenant.

import EventSourcing
import Synchronization
import Threading

/// One part for each tenant, made when the tenant's first commit comes.
final class TenantParts<Part> {
  private var parts: [TenantID: Part] = [:]
  private let make: (TenantID) -> Part

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
  /// - Throws: the error of the first commit in the log's order.
  func replay(
    _ commits: [DecodedCommit], _ append: @Sendable (Part, DecodedCommit) throws -> Void
  ) throws {
    var byTenant: [TenantID: [DecodedCommit]] = [:]
    for commit in commits { byTenant[commit.tenant, default: []].append(commit) }
    // Each index is used by one thread only.
    nonisolated(unsafe) let work = byTenant.map { (part: self[$0.key], commits: $0.value) }
    let failure = Mutex<(ordinal: Ordinal, error: any Error)?>(nil)
    concurrently(work.count) { index in
      for commit in work[index].commits {
        do { try append(work[index].part, commit) } catch {
          return failure.withLock { first in
            if first.map({ commit.ordinal < $0.ordinal }) ?? true {
              first = (commit.ordinal, error)
            }
          }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }

  /// Calls a body with each part, with several side by side.
  ///
  /// - Throws: one of the body's errors.
  func visit(_ body: @Sendable (Part) throws -> Void) throws {
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
