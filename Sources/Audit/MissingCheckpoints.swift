// A newest checkpoint that is missing, although the tenant's history was signed: the last note that
// is kept by day is put back in its place. What must hold: a history is never signed as if it had
// not been signed before, as long as one of the two is there. A folder of tiles proves nothing, as
// a crash may leave one before the first checkpoint; and the index is made anew at any time.

import EventSourcing
import Transparency

extension CheckpointPublisher {
  /// Puts the newest checkpoint of a tenant back where it is missing, and reports it.
  ///
  /// - Throws: `CheckpointRefusal` for a note by day that cannot be believed, `TransparencyError`.
  func restoreCheckpoint(
    of tenant: TenantID, _ signer: CheckpointSigner, from daily: DailyCheckpoints
  ) throws {
    guard try signer.last() == nil, let kept = try daily.newest() else { return }
    let place = daily.path(of: kept.day)
    guard let head = try signer.restore(kept.note, from: place) else { return }
    report(
      "the signed checkpoint of \(tenant) was missing; the last one that is kept by day, of "
        + "\(head.size) events (\(place)), was put back")
  }
}
