// A part of the log that is a whole history: of each tenant in it the commits up to one of them.
// What must hold: each end lies between two commits of its tenant, so a commit is in it as a whole
// or not at all.

public import EventSourcing

/// The first commits of some tenants.
public struct HistoryExtent: Sendable, Hashable {
  /// By tenant, the position after its last event inside; other tenants have no event inside.
  public var ends: [TenantID: Position]
  /// The commit after the last one inside.
  public var end: Ordinal

  /// - Parameters:
  ///   - ends: positions at which a commit begins, or at which the history ends.
  ///   - end: the ordinal after the last commit that the ends include.
  public init(ends: [TenantID: Position], end: Ordinal) {
    self.ends = ends
    self.end = end
  }

  public func contains(_ commit: CommitView) -> Bool {
    ends[commit.tenant].map { commit.firstPosition < $0 } ?? false
  }
}
