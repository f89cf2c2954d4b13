public import EventSourcing
public import Gateways
public import Projecting

/// Moves old evidence to the next tier.
public struct EvidenceTiers: ProcessManager {
  public let name = "evidence-tiers"
  public let readModel: (any ReadModel.Type)? = nil
  private let store: FolderEvidenceStore
  private let clock: @Sendable () -> Timestamp

  /// Tiers are counted in days, so one run per hour is enough.
  private static let interval = Int64(3_600_000_000)

  public init(store: FolderEvidenceStore, clock: @escaping @Sendable () -> Timestamp) {
    self.store = store
    self.clock = clock
  }

  public func run() throws -> Timestamp? {
    let now = clock()
    try store.moveOn(at: now)
    return Timestamp(microseconds: now.microseconds + Self.interval)
  }
}
