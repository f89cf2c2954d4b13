// How the index fails. It is derived, so every failure has the same cure: delete the file, and the
// log's next opening builds it again.

/// Why the index cannot be opened, written or asked.
public enum IndexError: Error, Equatable, Sendable {
  /// The index was closed.
  case closed
  /// The database failed, or its content is not what was written.
  case failed(message: String)

  /// Keeps an ``IndexError``; everything else becomes ``failed(message:)``.
  init(_ error: any Error) {
    switch error {
    case let error as IndexError: self = error
    case let damage as IndexDamage: self = .failed(message: damage.reason)
    default: self = .failed(message: "\(error)")
    }
  }
}

extension IndexError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .closed: "the index is closed"
    case .failed(let message): message
    }
  }
}

/// Bytes of the index that are not what was written.
struct IndexDamage: Error {
  var reason: String
}
