// Removes operational records whose time is over, and moves evidence that grew old, beside
// everything else that the service does.

import CommandHandling
import Gateways
import Operations

/// Looks every few seconds, which is far less than the minute that a record may be late.
func expireForEver(_ records: OperationalRecords) async {
  var hasFailed = false
  while !Task.isCancelled {
    do {
      try records.expire(at: .now)
      hasFailed = false
    } catch {
      // Said once; the next run may succeed.
      if !hasFailed { say("what has expired cannot be removed from \(records.path): \(error)") }
      hasFailed = true
    }
    try? await Task.sleep(for: .seconds(5))
  }
}

/// Looks every hour, which is soon enough for what is 30 days old.
func moveForEver(_ evidence: FolderEvidenceStore) async {
  while !Task.isCancelled {
    do { try evidence.moveOn(at: .now) } catch { say("evidence that grew old stays: \(error)") }
    try? await Task.sleep(for: .seconds(3_600))
  }
}
