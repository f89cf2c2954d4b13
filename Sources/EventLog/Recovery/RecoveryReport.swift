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

  /// Segments in the folder.
  public var segments = 0
  /// Those of which only the summary was looked at.
  public var sealedSegments = 0
  /// Commits of all tenants.
  public var commits = 0
  /// Lines of all tenants.
  public var events = 0
  /// The lines' length with newlines.
  public var lineByteCount = 0
  /// What was cut off because its write had not finished; it was never acknowledged.
  public var cut: TornTail?
  /// The file that has the bytes which were cut off.
  public var keptCut: String?
  /// What opening did to the derived index.
  public var index = Index.upToDate

  /// The report of an empty log.
  public init() {}
}
