// The process manager that ends payout holds whose time is over (H2). It keeps no timers: what is due is
// read from a read model again and again, so a restart forgets nothing, and the id of its command
// follows from the event that applied the hold, so that doing it twice changes nothing.

public import EventSourcing
public import Events
import Glibc
import Synchronization

/// A hold whose time is over.
public struct HoldToExpire: Sendable, Hashable {
  public var tenant: TenantID
  public var holdID: HoldID
  /// The event that applied it.
  public var position: Position
  /// The event since then that ended a suspension of its tenant, which refused every command (T2).
  public var resumption: Position?

  public init(tenant: TenantID, holdID: HoldID, position: Position, resumption: Position?) {
    self.tenant = tenant
    self.holdID = holdID
    self.position = position
    self.resumption = resumption
  }
}

/// Expires holds, as late as it is woken.
public final class HoldExpiry: Sendable {
  private let submit: @Sendable (Submission) async -> Answer
  private let list: @Sendable (_ limit: Int) throws -> [HoldToExpire]
  private let onFailure: @Sendable (any Error) -> Void
  /// Submitted by this run and not yet seen gone from the list.
  private let taken = Mutex<Set<HoldToExpire>>([])

  /// How much of the list is looked at in one go.
  private static let listLength = 1_000

  /// - Parameters:
  ///   - list: what is due now, up to so many, from a read model that may lag behind.
  ///   - onFailure: told when the list cannot be read; the next ``wake()`` tries again.
  public init(
    sequencer: Sequencer, list: @escaping @Sendable (_ limit: Int) throws -> [HoldToExpire],
    onFailure: @escaping @Sendable (any Error) -> Void
  ) {
    submit = { await sequencer.submit($0) }
    self.list = list
    self.onFailure = onFailure
  }

  /// Expires whatever is due and was not seen before; H2 allows a minute between two calls.
  public func wake() async {
    let due: [HoldToExpire]
    do {
      due = try taken.withLock { taken in
        let listed = try list(Self.listLength)
        let new = listed.filter { !taken.contains($0) }
        taken = Set(listed)
        return new
      }
    } catch { return onFailure(error) }
    for hold in due { await expire(hold) }
  }

  private func expire(_ hold: HoldToExpire) async {
    let resumption = hold.resumption.map { "-\($0)" } ?? ""
    let submitted = SubmittedCommand(
      id: CommandID(unchecked: "_expire-\(hold.position)\(resumption)"), tenant: hold.tenant,
      command: .expirePayoutHold(ExpirePayoutHold(holdID: hold.holdID)),
      actor: Actor(.system, "hold-expiry"))
    _ = await submit(
      Submission(
        command: submitted, contentHash: submitted.contentHash, peerUID: getuid(),
        causation: hold.position))
  }
}
