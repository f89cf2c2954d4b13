// Copies signed checkpoints to where the service's machine cannot take them back: another user's
// folder, a mounted share, an HTTP server. Who has a copy can tell later whether the history was
// replaced. What must hold: a copy in a folder is only replaced by a checkpoint that extends it.

public import Audit
import Curl
public import EventSourcing
public import Projecting
import Synchronization
import Transparency

/// Copies each new signed checkpoint.
public final class CheckpointCopies: ProcessManager {
  /// How the copies stand.
  public struct Status: Sendable, Hashable {
    /// Tenants whose newest checkpoint has no copy yet.
    public var waiting: Set<TenantID> = []
    /// When a copy of a tenant's checkpoint was made last in this run.
    public var lastCopies: [TenantID: Timestamp] = [:]
  }

  public let name = "checkpoint-copies"
  public let readModel: (any ReadModel.Type)? = nil
  public let waitsForClock = false
  private let publisher: CheckpointPublisher
  /// The folder of the signed checkpoints, a file for each tenant.
  private let checkpoints: String
  private let target: CheckpointTarget
  private let clock: @Sendable () -> Timestamp
  private let cancellation = Cancellation()
  private let state = Mutex<(copied: [String: [UInt8]], status: Status)>(([:], Status()))

  /// - Parameter logFolder: the log's folder, which has the signed checkpoints.
  public init(
    of publisher: CheckpointPublisher, logFolder: String, to target: CheckpointTarget,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    self.publisher = publisher
    checkpoints = logFolder + "/checkpoints"
    self.target = target
    self.clock = clock
  }

  public var status: Status { state.withLock { $0.status } }

  public func onWork(_ call: @escaping @Sendable () -> Void) { publisher.onSigning(call) }

  public func stop() { cancellation.cancel() }

  public func run() throws -> Timestamp? {
    var waiting: [(name: String, tenant: TenantID, note: [UInt8])] = []
    for name in try DurableFile.names(in: checkpoints) {
      guard let tenant = TenantID(name) else { continue }
      guard let note = try DurableFile.read("\(checkpoints)/\(name)") else { continue }
      if state.withLock({ $0.copied[name] != note }) { waiting.append((name, tenant, note)) }
    }
    state.withLock { $0.status.waiting = Set(waiting.map(\.tenant)) }
    var failure: (any Error)?
    for (name, tenant, note) in waiting where !cancellation.isCancelled {
      // A tenant whose copy fails keeps the others from nothing.
      do {
        try target.put(note, as: name, endingWith: cancellation) {
          try publisher.extends($0, with: $1, of: tenant)
        }
      } catch {
        failure = failure ?? error
        continue
      }
      let now = clock()
      state.withLock { state in
        state.copied[name] = note
        state.status.waiting.remove(tenant)
        state.status.lastCopies[tenant] = now
      }
    }
    // A stop ended the last request, which is no failure.
    if let failure, !cancellation.isCancelled { throw failure }
    return nil
  }
}

extension CheckpointPublisher {
  /// Whether the history with the new head begins with that of the old one, which is smaller.
  fileprivate func extends(
    _ old: TreeHead, with new: TreeHead, of tenant: TenantID
  ) throws -> Bool {
    if old.size == 0 { return true }
    let proof = try consistency(from: old.size, to: new.size, of: tenant)
    do throws(ProofError) {
      try proof.verify(oldRoot: old.root, newRoot: new.root)
      return true
    } catch { return false }
  }
}
