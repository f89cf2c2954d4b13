// Removes operational records whose time is over, beside everything else that the service does.

import CommandHandling
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
