// Why an import stops. Running it again is always safe: what the service has, it has once.

/// What went wrong between the importer and the service.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The socket does not answer, or the connection broke.
  case unreachable(String)
  /// The service refused a command that it should have accepted.
  case refused(command: String, problem: String)
  /// An answer that is no outcome, or not to what was asked.
  case unexpectedAnswer(String)
  /// Refunds that stay unsettled, or, without a count, a read model that does not catch up.
  case unsettled(count: Int64?, seconds: Int)

  public var description: String {
    switch self {
    case .unreachable(let reason): reason
    case .refused(let command, let problem): "the service refused \(command): \(problem)"
    case .unexpectedAnswer(let answer): "unexpected answer from the service: \(answer)"
    case .unsettled(nil, let seconds):
      "the service's read model of refunds has not caught up within \(seconds) s"
    case .unsettled(let count?, let seconds):
      "\(count) refunds are still neither executed nor failed; none was settled for \(seconds) s"
    }
  }
}
