// The due work of a test: entries that change and are read again like those of the read model.

import Domain
import EventSourcing
import Events
import ProcessManagers
import Projections
import Synchronization

/// The due work of a test, with the order and the sequence numbers of the read model.
final class ListedWork: RefundWork {
  private struct State {
    var entries: [RefundID: RefundToExecute] = [:]
    /// In the order of their sequence numbers; some are out of date.
    var changes: [(sequence: Int, id: RefundID)] = []
    var readCount = 0

    mutating func put(_ refund: RefundToExecute) {
      var refund = refund
      refund.sequence = changes.count + 1
      entries[refund.refundID] = refund
      changes.append((refund.sequence, refund.refundID))
    }
  }

  private let state = Mutex(State())

  init(_ refunds: [RefundToExecute]) { set(refunds) }

  /// How many entries were returned.
  var readCount: Int { state.withLock { $0.readCount } }

  func set(_ refunds: [RefundToExecute]) {
    state.withLock { state in
      state.entries = [:]
      for refund in refunds { state.put(refund) }
    }
  }

  func start(_ id: RefundID) -> Position {
    state.withLock { state in
      guard var refund = state.entries[id] else { return Position(0) }
      refund.stage = .processing
      refund.attempt = 1
      refund.legs = [.of(id, attempt: 1)]
      refund.position = refund.position.advanced(by: 1_000_000)
      refund.attemptPosition = refund.position
      state.put(refund)
      return refund.position
    }
  }

  func remove(_ id: RefundID) { state.withLock { $0.entries[id] = nil } }

  func changed(after cursor: inout DueWork.Cursor, limit: Int) -> [RefundToExecute] {
    state.withLock { state in
      var found: [RefundToExecute] = []
      while found.count < limit, cursor.sequence < state.changes.count {
        let change = state.changes[cursor.sequence]
        cursor.sequence = change.sequence
        if let refund = state.entries[change.id], refund.sequence == change.sequence {
          found.append(refund)
        }
      }
      state.readCount += found.count
      return found
    }
  }

  func current(_ id: RefundID, of tenant: TenantID) -> RefundToExecute? {
    state.withLock { state in
      state.readCount += 1
      return state.entries[id]
    }
  }
}

extension RefundToExecute.Leg {
  /// What an attempt gives back by the one payment of a test's refund.
  static func of(_ id: RefundID, attempt: Int, _ state: State = .requested) -> Self {
    let payment = PaymentID(unchecked: "p1")
    return Self(
      paymentID: payment, attempt: attempt, amount: 5,
      idempotencyKey: Refund.idempotencyKey(id, payment, attempt: attempt), state: state)
  }
}
