// The one place that decides what follows from an error of a running service (Operating.md, "Errors
// by class"). What must hold: only a write to the log, and what no
// case here names, ends the process; only a history that does not extend what was signed makes the
// service read-only; everything else is tried again and needs no restart.

import EventLog
import PersonalData
import SQLite
import Transparency

/// What follows from an error.
public enum ErrorClass: Sendable, Hashable, CaseIterable {
  /// The history does not extend what was signed: the service is read-only until an operator has
  /// restored the history that was signed.
  case contradiction
  /// The system refuses a file outside the log's writes, or a derived file is damaged: what failed
  /// is refused or waits, is tried again with back-off, and goes on without a restart.
  case passing
  /// A write to the log failed, or a decision cannot be trusted: the process ends.
  case fatal

  /// - Parameter error: one that no case names is fatal.
  public init(of error: any Error) {
    self =
      switch error {
      case let error as LogError: ErrorClass(error)
      case let error as CheckpointRefusal: ErrorClass(error)
      case let error as PersonalDataError: ErrorClass(error)
      // SQLite also calls a file damaged that it could not read just now.
      case let error as SQLiteError: error.isPassing || error.isCorrupt ? .passing : .fatal
      case is TransparencyError: .passing
      default: .fatal
      }
  }

  private init(_ error: LogError) {
    switch error {
    // The derived index is made anew, and reading changes nothing.
    case .io, .index: self = .passing
    case .damaged, .missingSegment, .unexpectedFile, .unsupportedFormat, .undescribable,
      .notDurable, .vanished, .malformedCommit, .positionGap, .stopped, .noSuchPosition,
      .otherHistory,
      .noSuchOrdinal:
      self = .fatal
    }
  }

  private init(_ refusal: CheckpointRefusal) {
    switch refusal {
    case .rollback, .fork, .rewritten, .wrongTiles, .unbelievable: self = .contradiction
    case .file: self = .passing
    }
  }

  private init(_ error: PersonalDataError) {
    switch error {
    // A command that needs the key is refused; the keys decide nothing by themselves.
    case .store, .unreadableKey, .keysLost, .malformed: self = .passing
    case .erased, .damaged: self = .fatal
    }
  }
}
