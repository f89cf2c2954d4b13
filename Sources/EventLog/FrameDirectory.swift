// Which frame holds a commit or a position, in memory: the headers say it, and opening reads every
// header anyway. Frames are only added.

internal import EventSourcing

/// Where a frame's header begins.
struct FramePlace: Hashable, Sendable {
  var firstOrdinal: Ordinal
  var segment: Ordinal
  var offset: Int
}

/// The places of all frames.
final class FrameDirectory: Sendable {
  private struct Run {
    var firstPosition: Position
    var frame: Int
  }

  private struct State {
    var frames: [FramePlace] = []
    /// For each tenant the frames that hold some of its events, in order.
    var runs: [TenantID: [Run]] = [:]
    var ends: [TenantID: Position] = [:]
  }

  private let state = Monitor(State())

  func add(_ header: FrameHeader, at place: FramePlace) {
    state.withLock { state in
      for tenant in header.tenants {
        state.runs[tenant.name, default: []].append(
          Run(firstPosition: tenant.firstPosition, frame: state.frames.count))
        state.ends[tenant.name] = tenant.firstPosition.advanced(by: tenant.eventCount)
      }
      state.frames.append(place)
    }
  }

  /// The frame that holds a tenant's event; `nil` past the end.
  func place(of position: Position, in tenant: TenantID) -> FramePlace? {
    state.withLock { state in
      guard let end = state.ends[tenant], position < end, let runs = state.runs[tenant] else {
        return nil
      }
      let index = firstIndex(in: runs.count) { runs[$0].firstPosition > position } - 1
      return state.frames[runs[index].frame]
    }
  }

  /// The frame that holds a commit; `nil` when the log is empty.
  func place(of ordinal: Ordinal) -> FramePlace? {
    state.withLock { state in
      let index = firstIndex(in: state.frames.count) { state.frames[$0].firstOrdinal > ordinal } - 1
      return index < 0 ? nil : state.frames[index]
    }
  }

  /// The position after a tenant's last event.
  func end(of tenant: TenantID) -> Position { state.withLock { $0.ends[tenant] ?? .first } }

  var tenants: [TenantID] { state.withLock { $0.ends.keys.sorted() } }

  /// The first index at which a condition holds that goes on to hold.
  private func firstIndex(in count: Int, where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
