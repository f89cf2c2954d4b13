// How the index fails. It is derived, so no failure costs more than time: what the system refused
// is tried again, and a damaged file is made anew from the log.

internal import SQLite

/// Why the index cannot be opened, written or asked.
public enum IndexError: Error, Equatable, Sendable {
  /// The index was closed.
  case closed
  /// The system refused something; the same may succeed later.
  case failed(message: String)
  /// The content is not what was written, or of another version.
  case damaged(message: String)

  /// Keeps an ``IndexError``; everything else becomes ``failed(message:)`` or
  /// ``damaged(message:)``.
  init(_ error: any Error) {
    switch error {
    case let error as IndexError: self = error
    case let damage as IndexDamage: self = .damaged(message: damage.reason)
    case let error as SQLiteError where !error.isPassing: self = .damaged(message: "\(error)")
    default: self = .failed(message: "\(error)")
    }
  }
}

extension IndexError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .closed: "the index is closed"
    case .failed(let message), .damaged(let message): message
    }
  }
}

/// Bytes of the index that are not what was written.
struct IndexDamage: Error {
  var reason: String
}
