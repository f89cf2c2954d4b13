// What opening found, for the service's own log.

/// The state in which a log was found.
public struct RecoveryReport: Equatable, Sendable {
  /// What happened to the derived index.
  public enum Index: Equatable, Sendable {
    case upToDate
    /// It lacked the newest commits.
    case caughtUp(commits: Int)
    case rebuilt(reason: String)
  }

  public var segments = 0
  /// Those of which only the summary was looked at.
  public var sealedSegments = 0
  public var commits = 0
  public var events = 0
  /// The lines' length with newlines.
  public var lineByteCount = 0
  /// What was cut off because its write had not finished; it was never acknowledged.
  public var cut: TornTail?
  public var index = Index.upToDate

  public init() {}
}
