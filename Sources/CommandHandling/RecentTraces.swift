// The traces of events that this process recorded, so that what follows from an event, as its
// payment, belongs to the same trace. What must hold: the memory that this takes is bounded, and
// without traced requests it costs nothing; a trace that is too old, or of an earlier process, is
// not carried on.

import EventSourcing
import Events
import Synchronization

final class RecentTraces: Sendable {
  private struct Place: Hashable {
    var tenant: TenantID
    var position: Position
  }

  private struct State {
    var traces: [Place: TraceParent] = [:]
    /// The oldest first, from `first` on.
    var order: [Place] = []
    var first = 0
  }

  private let countMax: Int
  private let state = Mutex(State())

  init(countMax: Int = 10_000) { self.countMax = countMax }

  subscript(tenant: TenantID, position: Position) -> TraceParent? {
    state.withLock { state in
      state.traces.isEmpty ? nil : state.traces[Place(tenant: tenant, position: position)]
    }
  }

  func add(_ events: [RecordedEvent]) {
    state.withLock { state in
      for event in events {
        guard let trace = event.trace else { continue }
        let place = Place(tenant: event.tenant, position: event.position)
        state.traces[place] = trace
        state.order.append(place)
      }
      while state.traces.count > countMax {
        state.traces[state.order[state.first]] = nil
        state.first += 1
      }
      // Moves the rest rarely.
      guard state.first > countMax else { return }
      state.order.removeFirst(state.first)
      state.first = 0
    }
  }
}
