// A newest checkpoint that is missing, although the tenant's history was signed: the last note
// that is kept by day is put back in its place, and without those the one that is kept outside the
// log's folder. What must hold: a history is never signed as if it had not been signed before, as
// long as one of the three is there. A folder of tiles proves nothing, as a crash may leave one
// before the first checkpoint; and the index is made anew at any time.

import EventSourcing
import Transparency

extension CheckpointPublisher {
  /// Puts the newest checkpoint of a tenant back where it is missing, and reports it.
  ///
  /// - Throws: `CheckpointRefusal` for a kept note that cannot be believed, `TransparencyError`.
  func restoreCheckpoint(
    of tenant: TenantID, _ signer: CheckpointSigner, from daily: DailyCheckpoints
  ) throws {
    guard try signer.last() == nil else { return }
    if let kept = try daily.newest() {
      let place = daily.path(of: kept.day)
      guard let head = try signer.restore(kept.note, from: place) else { return }
      report(
        "the signed checkpoint of \(tenant) was missing; the last one that is kept by day, of "
          + "\(head.size) events (\(place)), was put back")
    } else if let notes, let note = try notes.note(of: tenant) {
      guard let head = try signer.restore(note, from: notes.place) else { return }
      report(
        "the signed checkpoint of \(tenant) was missing, and those by day too; the last one, "
          + "of \(head.size) events (\(notes.place)), was put back. Restore the folder "
          + "checkpoints-by-day from a backup, or an audit cannot say when the history was signed")
    }
  }
}
