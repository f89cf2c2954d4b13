// How many refusals are recorded for each tenant in a day, because the history keeps each for ever.
// What must hold: a refusal over the quota refuses the command all the same and changes nothing;
// what the service itself submits is not counted. A day is one of recorded times, in UTC; the first
// begins with the process.

public import EventSourcing
import Synchronization

/// Counts recorded refusals.
public final class RefusalQuota: Sendable {
  /// A tenant has as many recorded refusals as it may.
  public struct Excess: Sendable, Hashable {
    public var used: Int
    public var limit: Int
  }

  private struct State {
    var limit = Int.max
    var day: Int64 = 0
    /// Of this day.
    var counts: [TenantID: Int] = [:]
    /// Refusals that were not recorded, since the process started.
    var excessCount: UInt64 = 0
  }

  private let state = Mutex(State())

  /// - Parameter limit: for each tenant and day, from here on.
  public func apply(limit: Int) { state.withLock { $0.limit = limit } }

  /// What each tenant has of this day.
  public var counts: [TenantID: Int] { state.withLock { $0.counts } }

  public var excessCount: UInt64 { state.withLock { $0.excessCount } }

  /// Counts a refusal that is about to be recorded.
  ///
  /// - Returns: why it may not be; `nil` if it may.
  func take(of tenant: TenantID, at time: Timestamp) -> Excess? {
    state.withLock { state in
      let day = time.microseconds / 86_400_000_000
      if day != state.day { (state.day, state.counts) = (day, [:]) }
      let used = state.counts[tenant] ?? 0
      guard used < state.limit else {
        state.excessCount += 1
        return Excess(used: used, limit: state.limit)
      }
      state.counts[tenant] = used + 1
      return nil
    }
  }

  /// Takes back the count of a refusal that was not recorded after all.
  func giveBack(of tenant: TenantID) {
    state.withLock { state in
      if let used = state.counts[tenant], used > 0 { state.counts[tenant] = used - 1 }
    }
  }
}
