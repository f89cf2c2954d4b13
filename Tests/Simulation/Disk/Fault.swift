// What goes wrong with which calls. Calls are counted from 0, all kinds together, so that a test
// can let each one fail in turn.

internal import Glibc

/// Something the log asks of its file system.
package enum Operation: CaseIterable, Sendable {
  case createFolder, list, open, create, measure, read, write, sync, syncFolder, truncate, rename
  case remove, link, protect

  package var isChange: Bool {
    switch self {
    case .list, .open, .measure, .read: false
    default: true
    }
  }
}

/// Calls that fail.
package struct Fault: Sendable {
  /// What becomes of a failing call's effect; one that reads has none.
  package enum Effect: CaseIterable, Sendable {
    case nothing
    case everything
    /// A beginning of what was to be written; any of the sectors that were to be synced.
    case part
  }

  package enum Duration: CaseIterable, Sendable { case once, forEver }

  /// The first call that fails.
  package var call: Int
  package var errno: Int32
  package var effect: Effect
  package var duration: Duration
  /// Which calls fail; the others work.
  package var operations: Set<Operation>
  /// Whether everything ends with this call: every later one fails until the next start.
  package var isCrash: Bool

  package init(
    call: Int, errno: Int32 = Fault.io, effect: Effect, duration: Duration = .once,
    operations: Set<Operation> = Set(Operation.allCases), isCrash: Bool = false
  ) {
    self.call = call
    self.errno = errno
    self.effect = effect
    self.duration = duration
    self.operations = operations
    self.isCrash = isCrash
  }

  package static let io = EIO
  package static let full = ENOSPC
  package static let interrupted = EINTR
  package static let tooManyFiles = EMFILE

  /// Errors that the operation can really give.
  package static func errors(of operation: Operation) -> [Int32] {
    switch operation {
    case .createFolder, .create: [EIO, ENOSPC, EMFILE, EINTR]
    case .write: [EIO, ENOSPC, EINTR]
    case .open, .list: [EIO, EMFILE, EINTR]
    default: [EIO]
    }
  }
}
