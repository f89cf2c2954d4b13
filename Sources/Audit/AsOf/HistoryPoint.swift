// A point of the history: a position, a recorded time, or the size of a signed tree, found in the
// log by one pass over it. What must hold: a commit happened as a whole, so a point inside a commit
// is the point after it; and the events up to a signed tree are those that were signed.

public import Cryptography
public import EventLog
public import EventSourcing
import Events
public import Transparency

/// The history up to an event, with that event.
public struct HistoryPoint: Sendable {
  /// Where one tenant's history stands.
  public struct Tenant: Sendable, Hashable {
    public var tenant: TenantID
    public var eventCount: UInt64
    /// When its last event was recorded.
    public var recordedTime: Timestamp
  }

  public private(set) var extent = HistoryExtent(ends: [:], end: .first)
  /// The log's chain value after the last commit.
  public private(set) var chain = Digest.zero
  /// By name.
  public private(set) var tenants: [Tenant] = []
  /// When the last event was recorded.
  public var recordedTime: Timestamp {
    tenants.map(\.recordedTime).max() ?? Timestamp.range.lowerBound
  }

  /// Finds the point.
  ///
  /// - Parameters:
  ///   - bound: the last position or recorded time inside.
  ///   - tenant: whose history it is; `nil` is every tenant's, by time.
  ///   - signed: a signed tree of that tenant, whose root the log must have.
  ///   - progress: called with the number of commits that were read.
  /// - Precondition: a position and a signed tree are of one tenant.
  /// - Throws: ``NoSuchPoint``, ``CheckpointMismatch``; `LogError` for a damaged log.
  public init(
    upTo bound: AuditBound, of tenant: TenantID?, signed: TreeHead? = nil, logFolder: String,
    progress: (Int) -> Void = { _ in }
  ) throws {
    var search = HistoryPointSearch(bound: bound, tenant: tenant, signed: signed)
    let reader = try LogReader(folder: logFolder)
    while !search.isOver, let frame = try reader.nextFrame() {
      try search.read(frame)
      progress(Int(reader.ordinal.value))
    }
    try search.requireFound()
    if let (frame, count) = search.last, let previous = frame.previousChain {
      chain = try frame.foldChain(from: previous, to: count)
    }
    tenants = search.tenants.values.sorted { $0.tenant < $1.tenant }
    extent = HistoryExtent(
      ends: search.tenants.mapValues { Position($0.eventCount) }, end: search.end)
  }
}

/// A point that the history does not have.
public struct NoSuchPoint: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
}
